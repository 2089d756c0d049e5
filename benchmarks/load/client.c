/* A load client for Sentry envelopes: one thread, epoll, HTTP/1.1 keep-alive, a fresh event id in every request.
 *
 *   client --port 8001 --path /api/1/envelope/ --key KEY --corpus FILE --connections 16
 *          (--seconds S | --requests N) [--rate R] [--ids FILE]
 *
 * Closed loop: a connection sends its next request when its answer has come.  Open loop (--rate): requests have planned
 * start times and latency counts from the planned time, so that a slow server cannot hide behind a waiting client.
 * Prints one JSON object.  Corpus format and the idea of the stored gzip block: benchmarks/envelopes/corpus.py. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_OFFSET = 15, ID_LENGTH = 32, MAX_EVENTS = 512, ANSWER_BYTES = 16384, MAX_STATUS = 600 };

typedef struct {
    uint8_t *gzip;
    uint32_t length, head_length, header_id, event_id, rest_length, rest_crc;
    uint32_t shift[32]; /* what the CRC of the head becomes when rest_length bytes follow it */
} Body;

typedef enum { IDLE, CONNECTING, SENDING, RECEIVING } State;

typedef struct {
    int fd, status;
    State state;
    char *request;
    size_t request_length, sent;
    char answer[ANSWER_BYTES];
    size_t received, header_length;
    long content_length;
    int closes;
    double started;
    char id[ID_LENGTH + 1];
} Connection;

static const char *path = "/", *key = "0", *corpus_path, *ids_path;
static int port = 8001, connection_count = 16;
static double seconds, rate, patience = 30;
static long request_limit;

static Body *bodies;
static uint32_t body_count, next_body;
static int poller;
static struct sockaddr_in address;
static uint64_t random_state[2];
static uint32_t crc_table[256];

static long started_count, error_count, by_status[MAX_STATUS], latency_count, latency_capacity;
static float *latencies;
static double began;
static char first_error[128];
static FILE *ids;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void die(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(2);
}

static uint64_t next_random(void) { /* xorshift128+ */
    uint64_t a = random_state[0], b = random_state[1];
    random_state[0] = b;
    a ^= a << 23;
    random_state[1] = a ^ b ^ (a >> 17) ^ (b >> 26);
    return random_state[1] + b;
}

/* CRC-32 (RFC 1952, 8) is linear: crc(head + rest) = shift(crc(head)) xor crc(rest), and the shift is a 32 x 32 bit matrix. */

static void make_crc_table(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) c = c & 1 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
        crc_table[i] = c;
    }
}

static uint32_t crc_of(const uint8_t *bytes, size_t length) {
    uint32_t c = 0xFFFFFFFFu;
    while (length--) c = crc_table[(c ^ *bytes++) & 0xFF] ^ (c >> 8);
    return ~c;
}

static uint32_t apply(const uint32_t *matrix, uint32_t vector) {
    uint32_t sum = 0;
    for (; vector; vector >>= 1, matrix++)
        if (vector & 1) sum ^= *matrix;
    return sum;
}

static void multiply(uint32_t *result, const uint32_t *left, const uint32_t *right) {
    uint32_t product[32];
    for (int i = 0; i < 32; i++) product[i] = apply(left, right[i]);
    memcpy(result, product, sizeof product);
}

static void make_shift(uint32_t *shift, uint32_t byte_count) {
    uint32_t power[32];
    for (int i = 0; i < 32; i++) { /* one zero byte */
        uint32_t c = 1u << i;
        power[i] = crc_table[c & 0xFF] ^ (c >> 8);
        shift[i] = c;
    }
    for (; byte_count; byte_count >>= 1, multiply(power, power, power))
        if (byte_count & 1) multiply(shift, power, shift);
}

static void load_corpus(void) {
    FILE *file = fopen(corpus_path, "rb");
    char magic[8];
    if (!file || fread(magic, 1, 8, file) != 8 || memcmp(magic, "ERRCORP1", 8)) die("corpus");
    if (fread(&body_count, 4, 1, file) != 1) die("corpus");
    bodies = calloc(body_count, sizeof *bodies);
    for (uint32_t i = 0; i < body_count; i++) {
        Body *body = &bodies[i];
        uint32_t fields[6];
        if (fread(fields, 4, 6, file) != 6) die("corpus");
        body->length = fields[0], body->head_length = fields[1], body->header_id = fields[2];
        body->event_id = fields[3], body->rest_length = fields[4], body->rest_crc = fields[5];
        body->gzip = malloc(body->length);
        if (fread(body->gzip, 1, body->length, file) != body->length) die("corpus");
        make_shift(body->shift, body->rest_length);
    }
    fclose(file);
}

static void write_id(const Body *body, uint8_t *gzip, char *id) {
    uint64_t high = next_random(), low = next_random();
    snprintf(id, ID_LENGTH + 1, "%016llx%016llx", (unsigned long long)high, (unsigned long long)low);
    memcpy(gzip + body->header_id, id, ID_LENGTH);
    memcpy(gzip + body->event_id, id, ID_LENGTH);
    uint32_t crc = apply(body->shift, crc_of(gzip + HEAD_OFFSET, body->head_length)) ^ body->rest_crc;
    memcpy(gzip + body->length - 8, &crc, 4);
}

static void watch(Connection *c, uint32_t events, int operation) {
    struct epoll_event event = {.events = events, .data.ptr = c};
    epoll_ctl(poller, operation, c->fd, &event);
}

static void disconnect(Connection *c) {
    if (c->fd >= 0) close(c->fd);
    c->fd = -1;
    c->state = IDLE;
}

static void fail(Connection *c, const char *why) {
    error_count++;
    if (!first_error[0]) snprintf(first_error, sizeof first_error, "%s: %s", why, strerror(errno));
    disconnect(c);
}

static int open_connection(Connection *c) {
    int on = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) return -1;
    c->state = CONNECTING;
    watch(c, EPOLLOUT, EPOLL_CTL_ADD);
    return 0;
}

static void send_more(Connection *c) {
    while (c->sent < c->request_length) {
        ssize_t count = send(c->fd, c->request + c->sent, c->request_length - c->sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) {
            watch(c, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
            return;
        }
        if (count < 0) {
            fail(c, "send");
            return;
        }
        c->sent += count;
    }
    c->state = RECEIVING;
    watch(c, EPOLLIN, EPOLL_CTL_MOD);
}

static void begin(Connection *c, double planned) {
    const Body *body = &bodies[next_body++ % body_count];
    int header = sprintf(
        c->request,
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: sentry.python.django/2.48.0\r\n"
        "X-Sentry-Auth: Sentry sentry_key=%s, sentry_version=7, sentry_client=sentry.python.django/2.48.0\r\n"
        "Content-Type: application/x-sentry-envelope\r\nContent-Encoding: gzip\r\nContent-Length: %u\r\n\r\n",
        path, port, key, body->length);
    memcpy(c->request + header, body->gzip, body->length);
    write_id(body, (uint8_t *)c->request + header, c->id);
    c->request_length = header + body->length;
    c->sent = c->received = c->header_length = 0;
    c->content_length = -1;
    c->closes = 0;
    c->started = planned;
    started_count++;
    if (c->fd >= 0) {
        c->state = SENDING;
        send_more(c);
    } else if (open_connection(c) < 0) {
        fail(c, "connect");
    }
}

static void finish(Connection *c) {
    double at = now();
    by_status[c->status > 0 && c->status < MAX_STATUS ? c->status : 0]++;
    if (c->status >= 200 && c->status < 300) {
        if (latency_count == latency_capacity) {
            latency_capacity = latency_capacity ? 2 * latency_capacity : 1 << 16;
            latencies = realloc(latencies, latency_capacity * sizeof *latencies);
        }
        latencies[latency_count++] = (float)((at - c->started) * 1e3);
        if (ids) fprintf(ids, "%s\n", c->id);
    }
    if (c->closes) disconnect(c);
    c->state = IDLE;
}

static int read_header(Connection *c) {
    char *end = strstr(c->answer, "\r\n\r\n");
    if (!end) return 0;
    c->header_length = end + 4 - c->answer;
    c->status = atoi(c->answer + 9);
    *end = 0;
    char *length = strcasestr(c->answer, "\r\ncontent-length:");
    c->content_length = length ? atol(length + 17) : -1;
    c->closes = strcasestr(c->answer, "\r\nconnection: close") != NULL;
    return 1;
}

/* The servers under test answer small bodies with a Content-Length; anything else is an error of the measurement. */
static void receive(Connection *c) {
    for (;;) {
        ssize_t count = recv(c->fd, c->answer + c->received, ANSWER_BYTES - 1 - c->received, 0);
        if (count < 0 && errno == EAGAIN) return;
        if (count <= 0) {
            int was_idle = c->state == IDLE;
            if (was_idle) disconnect(c); else fail(c, count ? "receive" : "closed by the server");
            return;
        }
        c->received += count;
        c->answer[c->received] = 0;
        if (!c->header_length && !read_header(c)) continue;
        if (c->content_length < 0 || c->content_length + c->header_length >= ANSWER_BYTES) {
            fail(c, "an answer without a usable Content-Length");
            return;
        }
        if (c->received >= c->header_length + c->content_length) {
            finish(c);
            return;
        }
    }
}

static void handle(Connection *c, uint32_t events) {
    if (c->fd < 0) return;
    if (c->state == CONNECTING) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error) {
            errno = error;
            fail(c, "connect");
            return;
        }
        c->state = SENDING;
        send_more(c);
    } else if (c->state == SENDING && (events & EPOLLOUT)) {
        send_more(c);
    } else if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        receive(c);
    }
}

/* Gives idle connections their next request; returns how many are busy. */
static int start_requests(Connection *connections, double at, long *planned) {
    int busy = 0;
    for (int i = 0; i < connection_count; i++) {
        Connection *c = &connections[i];
        if (c->state != IDLE) {
            busy++;
            if (at - c->started > patience) errno = ETIMEDOUT, fail(c, "no answer");
            continue;
        }
        if ((seconds > 0 && at - began >= seconds) || (request_limit && started_count >= request_limit)) continue;
        double due = rate > 0 ? began + *planned / rate : at;
        if (due > at) continue;
        ++*planned;
        begin(c, due);
        busy += c->state != IDLE;
    }
    return busy;
}

static void run(Connection *connections) {
    struct epoll_event events[MAX_EVENTS];
    long planned = 0;
    began = now();
    for (;;) {
        double at = now();
        int busy = start_requests(connections, at, &planned);
        int is_over = (seconds > 0 && at - began >= seconds) || (request_limit && started_count >= request_limit);
        if (is_over && !busy) return;
        int count = epoll_wait(poller, events, MAX_EVENTS, rate > 0 ? 1 : 100);
        for (int i = 0; i < count; i++) handle(events[i].data.ptr, events[i].events);
    }
}

static int compare(const void *left, const void *right) {
    float a = *(const float *)left, b = *(const float *)right;
    return (a > b) - (a < b);
}

static double percentile(double share) { return latency_count ? latencies[(long)(share * (latency_count - 1) + .5)] : 0; }

static double cpu_seconds(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
}

static void report(double elapsed, double cpu) {
    long accepted = 0;
    for (int status = 200; status < 300; status++) accepted += by_status[status];
    qsort(latencies, latency_count, sizeof *latencies, compare);
    printf("{\"client\":\"C\",\"seconds\":%.4f,\"accepted\":%ld,\"errors\":%ld,\"first_error\":\"%s\",\"statuses\":{", elapsed,
           accepted, error_count, first_error);
    const char *separator = "";
    for (int status = 0; status < MAX_STATUS; status++)
        if (by_status[status]) printf("%s\"%d\":%ld", separator, status, by_status[status]), separator = ",";
    printf("},\"p50_ms\":%.3f,\"p95_ms\":%.3f,\"p99_ms\":%.3f,\"client_cpu_seconds\":%.3f}\n", percentile(.5), percentile(.95),
           percentile(.99), cpu);
}

static void read_options(int count, char **options) {
    for (int i = 1; i + 1 < count; i += 2) {
        const char *name = options[i], *value = options[i + 1];
        if (!strcmp(name, "--port")) port = atoi(value);
        else if (!strcmp(name, "--path")) path = value;
        else if (!strcmp(name, "--key")) key = value;
        else if (!strcmp(name, "--corpus")) corpus_path = value;
        else if (!strcmp(name, "--connections")) connection_count = atoi(value);
        else if (!strcmp(name, "--seconds")) seconds = atof(value);
        else if (!strcmp(name, "--requests")) request_limit = atol(value);
        else if (!strcmp(name, "--rate")) rate = atof(value);
        else if (!strcmp(name, "--ids")) ids_path = value;
        else fprintf(stderr, "unknown option %s\n", name), exit(2);
    }
    if (!corpus_path || (seconds <= 0 && request_limit <= 0)) fprintf(stderr, "--corpus and --seconds or --requests\n"), exit(2);
}

int main(int count, char **options) {
    read_options(count, options);
    FILE *entropy = fopen("/dev/urandom", "rb");
    if (!entropy || fread(random_state, 8, 2, entropy) != 2) die("/dev/urandom");
    fclose(entropy);
    make_crc_table();
    load_corpus();
    next_body = (uint32_t)next_random();
    if (ids_path && !(ids = fopen(ids_path, "w"))) die(ids_path);
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    poller = epoll_create1(0);
    uint32_t longest = 0;
    for (uint32_t i = 0; i < body_count; i++)
        if (bodies[i].length > longest) longest = bodies[i].length;
    Connection *connections = calloc(connection_count, sizeof *connections);
    for (int i = 0; i < connection_count; i++) connections[i].fd = -1, connections[i].request = malloc(longest + 2048);
    double cpu = cpu_seconds();
    run(connections);
    double elapsed = now() - began;
    if (ids) fclose(ids);
    report(elapsed, cpu_seconds() - cpu);
    return 0;
}
