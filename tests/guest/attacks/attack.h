/* SPDX-License-Identifier: MIT */
/* What the attack programs share: one word on the command line is one attack, one line says how it went. */
#ifndef AG_TESTS_ATTACKS_ATTACK_H
#define AG_TESTS_ATTACKS_ATTACK_H

#include <stddef.h>

#define PAGE 4096ul
#define NR_OF(array) (sizeof(array) / sizeof((array)[0]))

/* An attack gets what follows its name, NULL-terminated, and ends in one of the
 * functions below, or returns: then its effect has to show elsewhere. */
struct attack {
	const char *name;
	void (*make)(char *const args[]);
};

/* Runs the attack argv[1] names, under its name, so that the record says which it was. */
int attack_main(int argc, char *argv[], const struct attack *attacks, size_t nr);

/* The effect was seen: prints "SUCCEEDED: PROOF" and ends. */
void succeeded(const char *proof) __attribute__((noreturn));

/* Ends with "REFUSED ERRNO at WHAT" if @r is negative (errno) or MAP_FAILED; else returns it. */
long must(const char *what, long r);
void *must_map(const char *what, void *map);

/* The same where the reason is not errno. */
void refused(const char *what, int error) __attribute__((noreturn));

/* What code of one's own is, everywhere: mov eax,42; ret. */
extern const unsigned char attack_code[6];
void put_code(void *to);
/* Calls the code at @at; its 42 is the proof. */
void run_code(const void *at) __attribute__((noreturn));

/* The file, opened close-on-exec; a new one may be executed. */
int opened(const char *path, int flags);
/* A file's bytes; ends if it cannot be read. */
void *read_bytes(const char *path, size_t *ret_len);
/* Copies a file's bytes into an open one. */
void copy_into(const char *path, int to);

#endif
