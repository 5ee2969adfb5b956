// SPDX-License-Identifier: MIT
// memory - brings machine code of its own into its memory, in every way that needs no other process, and runs it.
// Numbers like X10 are rows of doc/THREATS.md.
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RW (PROT_READ | PROT_WRITE)
#define RX (PROT_READ | PROT_EXEC)
#define RWX (RW | PROT_EXEC)

static void *writable(void)
{
	return must_map("mmap RW", mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static void turn_and_run(void *page)
{
	put_code(page);
	must("mprotect", mprotect(page, PAGE, RX));
	run_code(page);
}

/* ---- anonymous ---- */

static void anon_rwx(char *const args[])
{
	void *page = must_map("mmap", mmap(NULL, PAGE, RWX, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	put_code(page);
	run_code(page);
}

static void anon_shared(char *const args[])
{
	void *page = must_map("mmap", mmap(NULL, PAGE, RWX, MAP_SHARED | MAP_ANONYMOUS, -1, 0));

	put_code(page);
	run_code(page);
}

static void anon_to_exec(char *const args[])
{
	turn_and_run(writable());
}

/* Executable alone, without PROT_READ, as protection keys make it. */
static void anon_exec_only(char *const args[])
{
	void *page = writable();

	put_code(page);
	must("mprotect", mprotect(page, PAGE, PROT_EXEC));
	run_code(page);
}

static void pkey_exec(char *const args[])
{
	void *page = writable();

	put_code(page);
	/* Key -1 makes it a plain mprotect, by another system call. */
	must("pkey_mprotect", syscall(SYS_pkey_mprotect, page, PAGE, RX, -1));
	run_code(page);
}

static void none_to_exec(char *const args[])
{
	char *page = must_map("mmap", mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	must("mprotect RW", mprotect(page, PAGE, RW));
	turn_and_run(page);
}

static void grows_down(char *const args[])
{
	char *page = must_map("mmap", mmap(NULL, 16 * PAGE, RWX,
					   MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0));

	put_code(page);
	run_code(page);
}

static void grows_down_mprotect(char *const args[])
{
	char *page = must_map("mmap RW", mmap(NULL, 16 * PAGE, RW,
					      MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0));

	put_code(page);
	/* From anywhere in it down to its start. */
	must("mprotect", mprotect(page + 8 * PAGE, PAGE, RWX | PROT_GROWSDOWN));
	run_code(page);
}

static void heap_mprotect(char *const args[])
{
	unsigned long end = (unsigned long)sbrk((long)(2 * PAGE));

	turn_and_run((void *)((end + PAGE - 1) & ~(PAGE - 1)));
}

static void stack_mprotect(char *const args[])
{
	/* Within one page. */
	char here[sizeof(attack_code)] __attribute__((aligned(64)));

	put_code(here);
	must("mprotect", mprotect((void *)((unsigned long)here & ~(PAGE - 1)), PAGE, RWX));
	run_code(here);
}

static void huge_page(char *const args[])
{
	size_t len = 2ul << 20;
	int fd = open("/proc/sys/vm/nr_hugepages", O_WRONLY | O_CLOEXEC);
	void *page;

	/* Refused to all but the system's own on a locked machine; the mapping is tried all the same. */
	if (fd >= 0 && write(fd, "2", 1) < 0)
		refused("nr_hugepages", errno);
	page = must_map("mmap", mmap(NULL, len, RWX, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0));
	put_code(page);
	run_code(page);
}

static void dev_zero(char *const args[])
{
	int fd = (int)must("open", open("/dev/zero", O_RDWR | O_CLOEXEC));
	void *page = must_map("mmap", mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0));

	turn_and_run(page);
}

static void dev_zero_exec(char *const args[])
{
	int fd = (int)must("open", open("/dev/zero", O_RDWR | O_CLOEXEC));
	void *page = must_map("mmap", mmap(NULL, PAGE, RWX, MAP_PRIVATE, fd, 0));

	put_code(page);
	run_code(page);
}

/* The written page takes the place of an executable one. */
static void moved_over(char *const args[])
{
	char *page = writable();
	char *code = must_map("mmap", mmap(NULL, 2 * PAGE, RX, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	put_code(page);
	code = must_map("mremap", mremap(page, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, code));
	must("mprotect", mprotect(code, PAGE, RX));
	run_code(code);
}

/* ---- files in memory ---- */

static void map_twice(int fd)
{
	char *write, *run;

	must("ftruncate", ftruncate(fd, (long)PAGE));
	write = must_map("mmap RW", mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0));
	run = must_map("mmap RX", mmap(NULL, PAGE, RX, MAP_SHARED, fd, 0));
	put_code(write);
	run_code(run);
}

static void memfd_twice(char *const args[])
{
	map_twice((int)must("memfd_create", memfd_create("code", MFD_CLOEXEC)));
}

static void memfd_sealed(char *const args[])
{
	int fd = (int)must("memfd_create", memfd_create("code", MFD_CLOEXEC | MFD_ALLOW_SEALING));

	must("write", write(fd, attack_code, sizeof(attack_code)));
	must("seal", fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL));
	run_code(must_map("mmap RX", mmap(NULL, PAGE, RX, MAP_PRIVATE, fd, 0)));
}

static void dev_shm(char *const args[])
{
	int fd = (int)must("shm_open", shm_open("/code", O_RDWR | O_CREAT | O_TRUNC, 0700));

	shm_unlink("/code");
	map_twice(fd);
}

static void sysv_shm(char *const args[])
{
	int id = (int)must("shmget", shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0700));
	void *page = shmat(id, NULL, SHM_EXEC);
	int error = errno;

	shmctl(id, IPC_RMID, NULL);
	if (page == (void *)-1)
		refused("shmat", error);
	put_code(page);
	run_code(page);
}

static void sysv_shm_mprotect(char *const args[])
{
	int id = (int)must("shmget", shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0700));
	void *page = shmat(id, NULL, 0);

	shmctl(id, IPC_RMID, NULL);
	turn_and_run(must_map("shmat", page));
}

/* remap_file_pages turns a window of a shared mapping to another place of the file. */
static void remap_pages(char *const args[])
{
	int fd = (int)must("memfd_create", memfd_create("code", MFD_CLOEXEC));
	char *run, *write;

	must("ftruncate", ftruncate(fd, 2 * (long)PAGE));
	write = must_map("mmap RW", mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0));
	put_code(write + PAGE);
	run = must_map("mmap RX", mmap(NULL, 2 * PAGE, RX, MAP_SHARED, fd, 0));
	must("remap_file_pages", syscall(SYS_remap_file_pages, run, PAGE, 0, 1, 0));
	run_code(run);
}

/* Memory whose pages another thread brings only when they are read. */
static void *bring_page(void *arg)
{
	static char bytes[PAGE] __attribute__((aligned(4096)));
	int fd = *(int *)arg;
	struct uffd_msg msg;
	struct uffdio_copy copy = { .src = (unsigned long)bytes, .len = PAGE };

	if (read(fd, &msg, sizeof(msg)) != sizeof(msg))
		return NULL;
	put_code(bytes);
	copy.dst = msg.arg.pagefault.address & ~(PAGE - 1);
	ioctl(fd, UFFDIO_COPY, &copy);
	return NULL;
}

static void userfault(char *const args[])
{
	int fd = (int)must("userfaultfd", syscall(SYS_userfaultfd, O_CLOEXEC));
	struct uffdio_api api = { .api = UFFD_API };
	void *page = must_map("mmap", mmap(NULL, PAGE, RX, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	struct uffdio_register range = { .range = { (unsigned long)page, PAGE },
					 .mode = UFFDIO_REGISTER_MODE_MISSING };
	pthread_t thread;

	must("UFFDIO_API", ioctl(fd, UFFDIO_API, &api));
	must("UFFDIO_REGISTER", ioctl(fd, UFFDIO_REGISTER, &range));
	must("thread", -pthread_create(&thread, NULL, bring_page, &fd));
	run_code(page);
}

/* ---- files ---- */

static void *map_file(const char *path, int mode, int prot, int flags)
{
	int fd = (int)must(path, open(path, mode | O_CLOEXEC));

	return must_map("mmap", mmap(NULL, PAGE, prot, flags, fd, 0));
}

/* X9: a listed file, executable, made writable too. */
static void exec_to_write(char *const args[])
{
	char *page = map_file(args[0], O_RDONLY, RX, MAP_PRIVATE);

	must("mprotect", mprotect(page, PAGE, RWX));
	put_code(page);
	run_code(page);
}

/* The same by way of a time in which it is not executable. */
static void exec_write_exec(char *const args[])
{
	char *page = map_file(args[0], O_RDONLY, RX, MAP_PRIVATE);

	must("mprotect RW", mprotect(page, PAGE, RW));
	turn_and_run(page);
}

/* X10: execmod, the private copy of a listed file. */
static void write_to_exec(char *const args[])
{
	turn_and_run(map_file(args[0], O_RDONLY, RW, MAP_PRIVATE));
}

/* Changed next to an executable page of the same mapping, then joined to it. */
static void write_beside(char *const args[])
{
	int fd = (int)must(args[0], open(args[0], O_RDONLY | O_CLOEXEC));
	char *pages = must_map("mmap", mmap(NULL, 2 * PAGE, RX, MAP_PRIVATE, fd, 0));

	must("mprotect RW", mprotect(pages + PAGE, PAGE, RW));
	put_code(pages + PAGE);
	must("mprotect", mprotect(pages, 2 * PAGE, RX));
	run_code(pages + PAGE);
}

/* X8: an unlisted file, readable first. */
static void read_to_exec(char *const args[])
{
	char *page = map_file(args[0], O_RDONLY, PROT_READ, MAP_PRIVATE);

	must("mprotect", mprotect(page, PAGE, RX));
	run_code(page);
}

static void map_unlisted(char *const args[])
{
	run_code(map_file(args[0], O_RDONLY, RX, MAP_PRIVATE));
}

/* Not started, which is refused, but mapped as a library is. */
static void map_program(char *const args[])
{
	map_file(args[0], O_RDONLY, RX, MAP_PRIVATE);
	succeeded("its code can be called");
}

/* X11: writable and executable at once, and for all who map it. */
static void file_rwx(char *const args[])
{
	char *page = map_file(args[0], O_RDONLY, RWX, MAP_PRIVATE);

	put_code(page);
	run_code(page);
}

static void file_shared_rwx(char *const args[])
{
	char *page = map_file(args[0], O_RDWR, RWX, MAP_SHARED);

	put_code(page);
	run_code(page);
}

/* X12 on a disk: written by one mapping, run by another. */
static void file_twice(char *const args[])
{
	int fd = (int)must("open", open(args[0], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0700));

	map_twice(fd);
}

/* A file whose name is gone before it is run. */
static void tmpfile_twice(char *const args[])
{
	map_twice((int)must("O_TMPFILE", open(args[0], O_RDWR | O_TMPFILE | O_CLOEXEC, 0700)));
}

/* ---- READ_IMPLIES_EXEC ---- */

/* The guard lets the call succeed without the bit; memory would only crash then. */
static void must_imply(void)
{
	if (personality(0xffffffff) & READ_IMPLIES_EXEC)
		return;
	puts("the bit was not taken");
	exit(0);
}

static void implied_map(char *const args[])
{
	void *page;

	must("personality", personality(READ_IMPLIES_EXEC));
	must_imply();
	page = writable();
	put_code(page);
	run_code(page);
}

static void run_on_heap(void)
{
	unsigned long at;

	must_imply();
	at = ((unsigned long)sbrk((long)(4 * PAGE)) + PAGE - 1) & ~(PAGE - 1);
	put_code((void *)at);
	run_code((void *)at);
}

static void implied_brk(char *const args[])
{
	must("personality", personality(READ_IMPLIES_EXEC));
	run_on_heap();
}

static void implied_shm(char *const args[])
{
	int id = (int)must("shmget", shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0700));
	void *page;

	must("personality", personality(READ_IMPLIES_EXEC));
	must_imply();
	page = shmat(id, NULL, 0);
	shmctl(id, IPC_RMID, NULL);
	put_code(must_map("shmat", page));
	run_code(page);
}

/* The bit set by the 32-bit system call, which has another entry. */
static void implied_32(char *const args[])
{
	long r;

	__asm__ volatile("int $0x80" : "=a"(r) : "a"(136), "b"(READ_IMPLIES_EXEC) : "memory");
	run_on_heap();
}

/* ---- through /proc ---- */

static void write_mem(const char *path)
{
	int fd = (int)must(path, open(path, O_RDWR | O_CLOEXEC));
	void *text = map_file("/proc/self/exe", O_RDONLY, RX, MAP_PRIVATE);

	must("pwrite", pwrite(fd, attack_code, sizeof(attack_code), (long)text));
	run_code(text);
}

static void own_mem(char *const args[])
{
	write_mem("/proc/self/mem");
}

static void thread_mem(char *const args[])
{
	write_mem("/proc/thread-self/mem");
}

static void task_mem(char *const args[])
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/mem", getpid(), getpid());
	write_mem(path);
}

static const struct attack attacks[] = {
	{ "anon-rwx", anon_rwx }, { "anon-shared", anon_shared }, { "anon-to-exec", anon_to_exec },
	{ "anon-exec-only", anon_exec_only }, { "pkey-exec", pkey_exec }, { "none-to-exec", none_to_exec },
	{ "grows-down", grows_down }, { "grows-mprotect", grows_down_mprotect },
	{ "heap-mprotect", heap_mprotect }, { "stack-mprotect", stack_mprotect },
	{ "huge-page", huge_page }, { "dev-zero", dev_zero }, { "dev-zero-exec", dev_zero_exec },
	{ "moved-over", moved_over }, { "memfd-twice", memfd_twice }, { "memfd-sealed", memfd_sealed },
	{ "dev-shm", dev_shm }, { "sysv-shm", sysv_shm },
	{ "sysv-mprotect", sysv_shm_mprotect }, { "remap-pages", remap_pages }, { "userfault", userfault },
	{ "exec-to-write", exec_to_write }, { "exec-write-exec", exec_write_exec },
	{ "write-to-exec", write_to_exec }, { "write-beside", write_beside },
	{ "read-to-exec", read_to_exec }, { "map-unlisted", map_unlisted }, { "map-program", map_program },
	{ "file-rwx", file_rwx },
	{ "file-shared-rwx", file_shared_rwx }, { "file-twice", file_twice },
	{ "tmpfile-twice", tmpfile_twice }, { "implied-map", implied_map }, { "implied-brk", implied_brk },
	{ "implied-shm", implied_shm }, { "implied-32", implied_32 }, { "own-mem", own_mem },
	{ "thread-mem", thread_mem }, { "task-mem", task_mem },
};

int main(int argc, char *argv[])
{
	return attack_main(argc, argv, attacks, NR_OF(attacks));
}
