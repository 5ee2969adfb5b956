// SPDX-License-Identifier: MIT
// Many machines asking to unlock over warm connections; prints the rate.
//
// usage: center-load PORT CLIENTS ENTRIES < lines of "FOLDER OTP EMPLOYEE"
//
// Each line is one machine with an open job.  CLIENTS processes share them;
// every machine connects and says hello before the clock starts, then asks
// ENTRIES times, each time with a new nonce.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MACHINES_MAX 4096

struct machine {
	char folder[200], otp[16], employee[16];
	SSL *ssl;
};

/* Shared by all clients. */
struct shared {
	int nr_ready, is_started;
	long nr_ok, nr_failed;
	long latency_us[1 << 20];
};

static struct machine machines[MACHINES_MAX];
static struct shared *shared;

static void die(const char *what)
{
	fprintf(stderr, "center-load: %s\n", what);
	exit(1);
}

static long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

static void dial(struct machine *machine, int port)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
	char path[256];

	snprintf(path, sizeof(path), "%s/agent.pem", machine->folder);
	if (!context || SSL_CTX_use_certificate_file(context, path, SSL_FILETYPE_PEM) != 1)
		die("certificate");
	snprintf(path, sizeof(path), "%s/agent.key", machine->folder);
	if (SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM) != 1)
		die("key");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	machine->ssl = SSL_new(context);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) || !SSL_set_fd(machine->ssl, fd) ||
	    SSL_connect(machine->ssl) != 1)
		die("connect");
	SSL_CTX_free(context);
}

/* Posts and reads one answer; whether it says ok. */
static int post(struct machine *machine, const char *path, const char *body)
{
	char text[4096], *end = NULL, *length;
	int len = snprintf(text, sizeof(text), "POST %s HTTP/1.1\r\nHost: center\r\nContent-Length: %zu\r\n\r\n%s",
			   path, strlen(body), body), got = 0;

	if (SSL_write(machine->ssl, text, len) != len)
		die("write");
	do {
		int n = SSL_read(machine->ssl, text + got, sizeof(text) - 1 - got);

		if (n <= 0)
			die("read");
		got += n;
		text[got] = '\0';
		end = strstr(text, "\r\n\r\n");
		length = strstr(text, "Content-Length: ");
	} while (!end || !length || text + got < end + 4 + atoi(length + 16));
	return strstr(end, "{\"result\":\"ok\"") != NULL;
}

static void unlock(struct machine *machine, int entry)
{
	char body[256];
	long start = now_us(), slot;
	int ok;

	snprintf(body, sizeof(body), "{\"v\":1,\"otp\":\"%s\",\"employee\":\"%s\",\"nonce\":\"%064x\"}",
		 machine->otp, machine->employee, entry);
	ok = post(machine, "/v1/unlock", body);
	slot = __atomic_fetch_add(ok ? &shared->nr_ok : &shared->nr_failed, 1, __ATOMIC_RELAXED);
	if (ok && slot < 1 << 20)
		shared->latency_us[slot] = now_us() - start;
}

static void client(int index, int nr_clients, int nr_machines, int port, int entries)
{
	static const char hello[] = "{\"v\":1,\"state\":\"locked\",\"policy_version\":1,\"next_seq\":0,"
				    "\"boot_id\":\"11111111111111111111111111111111\"}";

	for (int i = index; i < nr_machines; i += nr_clients) {
		dial(&machines[i], port);
		if (!post(&machines[i], "/v1/hello", hello))
			die("hello");
	}
	__atomic_fetch_add(&shared->nr_ready, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&shared->is_started, __ATOMIC_SEQ_CST))
		usleep(1000);
	for (int entry = 1; entry <= entries; entry++)
		for (int i = index; i < nr_machines; i += nr_clients)
			unlock(&machines[i], entry);
	exit(0);
}

static int compare(const void *a, const void *b)
{
	return *(const long *)a < *(const long *)b ? -1 : *(const long *)a > *(const long *)b;
}

static void print(long us)
{
	long nr = shared->nr_ok < 1 << 20 ? shared->nr_ok : 1 << 20;

	qsort(shared->latency_us, nr, sizeof(long), compare);
	printf("%ld unlocks in %.2f s: %.0f/s; latency median %.2f ms, p99 %.2f ms; %ld failed\n",
	       shared->nr_ok, us / 1e6, shared->nr_ok * 1e6 / us, shared->latency_us[nr / 2] / 1e3,
	       shared->latency_us[nr * 99 / 100] / 1e3, shared->nr_failed);
}

int main(int argc, char **argv)
{
	int nr = 0, nr_clients, failed = 0, status;
	long start;

	if (argc != 4)
		die("usage: center-load PORT CLIENTS ENTRIES");
	nr_clients = atoi(argv[2]);
	while (nr < MACHINES_MAX && scanf("%199s %15s %15s", machines[nr].folder, machines[nr].otp,
					  machines[nr].employee) == 3)
		nr++;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap");
	for (int i = 0; i < nr_clients; i++)
		if (fork() == 0)
			client(i, nr_clients, nr, atoi(argv[1]), atoi(argv[3]));
	while (shared->nr_ready < nr_clients && waitpid(-1, NULL, WNOHANG) == 0)
		usleep(1000);
	start = now_us();
	__atomic_store_n(&shared->is_started, 1, __ATOMIC_SEQ_CST);
	while (wait(&status) > 0)
		failed |= status;
	print(now_us() - start);
	return failed || shared->nr_failed || !shared->nr_ok;
}
