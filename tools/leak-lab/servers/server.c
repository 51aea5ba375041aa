/*
 * The leaking server in C. Started by apart.ts with words KEY=VALUE; says what it does in lines of JSON, as server.py does,
 * and has its habits. Ends when the lab ends, however stuck it is.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 50000, ORPHAN_LOOK_MS = 250, PIECE_MS = 500, IN_A_QUEUE = 100, RIVALS = 3, RIVAL_NICE = 10, SERVER_NICE = 19 };

static const char *habit = "", *host = "127.0.0.1", *port = "0";
static int count = 1, keepalive_seconds = 15, every_seconds = 45;

struct connection {
  int descriptor;
  /* Milliseconds when it was read to its end; 0: it was not. */
  long ended_at;
};
static struct connection connections[MOST];
static int connected;

static int is(const char *name) { return strcmp(habit, name) == 0; }

static void die(const char *what) {
  printf("{\"failure\": \"%s: %s\"}\n", what, strerror(errno));
  fflush(stdout);
  exit(1);
}

static void say_held(int held) {
  static int said = 0;
  if (held == said) return;
  said = held;
  printf("{\"held\": %d}\n", held);
  fflush(stdout);
}

static long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

static void die_with_parent(void) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) die("prctl(PR_SET_PDEATHSIG)");
}

/* Sleeps until one of them has something to read; ends when the lab has, which holds the other end of our standard input. */
static void wait_for(struct pollfd *watched, int number, int ms) {
  watched[0] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLHUP};
  if (poll(watched, number, ms) < 0 && errno != EINTR) die("poll");
  if (watched[0].revents != 0) exit(0);
}

static void wait_for_the_end(void) {
  struct pollfd lab[1];
  for (;;) wait_for(lab, 1, -1);
}

/* A child that does `work`, and inherits every descriptor. */
static pid_t child(void (*work)(void)) {
  pid_t parent = getpid(), pid = fork();
  if (pid < 0) die("fork");
  if (pid != 0) return pid;
  die_with_parent();
  if (getppid() == parent) work();
  _exit(0);
}

static void burn(void) {
  for (volatile unsigned long turns = 0;; turns++) continue;
}

static void rest(void) {
  for (;;) pause();
}

static int listen_there(int backlog) {
  struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_PASSIVE, .ai_socktype = SOCK_STREAM}, *address;
  if (getaddrinfo(host, port, &hints, &address) != 0) die("getaddrinfo");
  int one = 1, listener = socket(address->ai_family, SOCK_STREAM, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, address->ai_addr, address->ai_addrlen) != 0 || listen(listener, backlog) != 0) {
    if (errno != EADDRINUSE) die("listen");
    printf("{\"failure\": \"listen: address already in use %s:%s\"}\n", host, port);
    fflush(stdout);
    exit(1);
  }
  struct sockaddr_storage bound;
  socklen_t length = sizeof bound;
  char number[NI_MAXSERV];
  getsockname(listener, (struct sockaddr *)&bound, &length);
  getnameinfo((struct sockaddr *)&bound, length, NULL, 0, number, sizeof number, NI_NUMERICSERV);
  printf("{\"pid\": %d, \"port\": %s}\n", getpid(), number);
  fflush(stdout);
  freeaddrinfo(address);
  return listener;
}

/* Accepts so many and reads nothing of them. */
static void take(int listener) {
  struct pollfd watched[2];
  while (connected < count) {
    watched[1] = (struct pollfd){.fd = listener, .events = POLLIN};
    wait_for(watched, 2, -1);
    int descriptor = accept(listener, NULL, NULL);
    if (descriptor < 0) continue;
    connections[connected++].descriptor = descriptor;
    if (connected < count) say_held(connected);
  }
}

static void ask_for_the_peer(int descriptor) {
  int one = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &keepalive_seconds, sizeof keepalive_seconds);
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &one, sizeof one);
  setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
}

/* By the state in the first byte of struct tcp_info (tcp(7)). */
static int is_orphaned(int descriptor) {
  unsigned char info[1];
  socklen_t length = sizeof info;
  return getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, info, &length) == 0 && info[0] == TCP_CLOSE;
}

/* Leaves it to a queue between sockets that nobody reads (unix(7), SCM_RIGHTS): open, and in no process. */
static void let_float(int queue, int descriptor) {
  char byte = 0, control[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec text = {&byte, 1};
  struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
  if (sendmsg(queue, &message, 0) < 0) die("sendmsg");
  close(descriptor);
}

/* One line of a slow answer, or all that fits. */
static void answer(int descriptor) {
  static char piece[65536];
  if (is("half-close")) send(descriptor, memset(piece, 'x', 64), 64, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (is("send-blocked")) while (send(descriptor, piece, sizeof piece, MSG_DONTWAIT | MSG_NOSIGNAL) > 0) continue;
}

/* Takes what comes, reads each to its end (or nothing), and closes none, or each after a while. */
static void serve(int listener) {
  static struct pollfd watched[MOST + 2];
  int reads = !is("not-reading"), floating = 0, queue[2], small = 32768;
  if (is("send-blocked")) setsockopt(listener, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  long next_piece = now_ms(), next_look = now_ms();
  for (;;) {
    int number = 2;
    watched[1] = (struct pollfd){.fd = listener, .events = POLLIN};
    for (int index = 0; reads && index < connected; index++) {
      if (connections[index].ended_at == 0) {
        watched[number++] = (struct pollfd){.fd = connections[index].descriptor, .events = POLLIN};
      }
    }
    wait_for(watched, number, ORPHAN_LOOK_MS);
    long now = now_ms();
    int held = 0, orphaned = 0, left = 0, pieces = (is("half-close") || is("send-blocked")) && now >= next_piece, look = now >= next_look;
    if (pieces) next_piece = now + PIECE_MS;
    if (look) next_look = now + ORPHAN_LOOK_MS;
    if (watched[1].revents & POLLIN && connected < MOST) {
      int descriptor = accept(listener, NULL, NULL);
      if (descriptor >= 0) {
        if (is("keepalive-leak")) ask_for_the_peer(descriptor);
        connections[connected++] = (struct connection){.descriptor = descriptor};
      } else {
        /* EMFILE: what waits in the queue wakes us at once, again and again. */
        usleep(100000);
      }
    }
    for (int index = 0; index < connected; index++) {
      struct connection *one = &connections[index];
      char text[4096];
      if (reads && one->ended_at == 0 && recv(one->descriptor, text, sizeof text, MSG_DONTWAIT) == 0) {
        one->ended_at = now;
        if (is("kernel-owned")) {
          /* A queue takes a few hundred. */
          if (floating++ % IN_A_QUEUE == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, queue) != 0) die("socketpair");
          let_float(queue[0], one->descriptor);
          continue;
        }
      }
      if (pieces && one->ended_at != 0) answer(one->descriptor);
      if (is("turnover") && one->ended_at != 0 && now - one->ended_at >= every_seconds * 1000L) {
        close(one->descriptor);
        continue;
      }
      if (one->ended_at != 0 || !reads) held++;
      if (look && is("keepalive-leak") && one->ended_at != 0 && is_orphaned(one->descriptor)) orphaned++;
      connections[left++] = *one;
    }
    connected = left;
    if (is("keepalive-leak")) {
      if (look && orphaned > 0) say_held(orphaned);
    } else {
      say_held(is("kernel-owned") ? floating : held);
    }
  }
}

/* Each of two threads has the lock that the other waits for, and the first thread waits for both. */
static pthread_mutex_t locks[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static pthread_barrier_t both_have_one;

static void *lock_one_and_the_other(void *which) {
  long mine = (long)which;
  pthread_mutex_lock(&locks[mine]);
  pthread_barrier_wait(&both_have_one);
  pthread_mutex_lock(&locks[1 - mine]);
  return NULL;
}

static void lock(void) {
  pthread_t threads[2];
  pthread_barrier_init(&both_have_one, NULL, 2);
  for (long which = 0; which < 2; which++) pthread_create(&threads[which], NULL, lock_one_and_the_other, (void *)which);
  for (int which = 0; which < 2; which++) pthread_join(threads[which], NULL);
}

static int locked_file;
static char locked_path[64];

static void keep_the_file(void) {
  int file = open(locked_path, O_RDWR);
  flock(file, LOCK_EX);
  char byte = 1;
  if (write(locked_file, &byte, 1) == 1) rest();
}

static int go[2];

/* On one CPU, below the priority of all else on it and that below everybody's: the machine stays usable. */
static void pin(int priority) {
  cpu_set_t all, last;
  sched_getaffinity(0, sizeof all, &all);
  int cpu = CPU_SETSIZE - 1;
  while (cpu > 0 && !CPU_ISSET(cpu, &all)) cpu--;
  CPU_ZERO(&last);
  CPU_SET(cpu, &last);
  sched_setaffinity(0, sizeof last, &last);
  if (nice(priority) == -1 && errno == EPERM) die("nice");
}

static void be_a_rival(void) {
  char byte;
  pin(RIVAL_NICE);
  if (read(go[0], &byte, 1) == 1) burn();
}

/* What has to be there before connections come, so that no child inherits one. */
static int prepare(void) {
  int pipe_ends[2], file = -1;
  if (is("starved")) {
    if (pipe(go) != 0) die("pipe");
    for (int rival = 0; rival < RIVALS; rival++) child(be_a_rival);
  }
  if (is("pipe")) {
    if (pipe(pipe_ends) != 0) die("pipe");
    child(rest);
    close(pipe_ends[1]);
    return pipe_ends[0];
  }
  if (is("file-lock")) {
    FILE *unnamed = tmpfile();
    if (unnamed == NULL || pipe(pipe_ends) != 0) die("tmpfile");
    file = fileno(unnamed);
    snprintf(locked_path, sizeof locked_path, "/proc/self/fd/%d", file);
    locked_file = pipe_ends[1];
    child(keep_the_file);
    char byte;
    if (read(pipe_ends[0], &byte, 1) != 1) die("read");
    /* flock belongs to the open file, not to the process: it is opened anew. */
    file = open(locked_path, O_RDWR);
  }
  return file;
}

static void get_stuck(int prepared) {
  char byte;
  if (is("stopped")) for (;;) raise(SIGSTOP);
  if (is("busy")) burn();
  if (is("lock")) lock();
  if (is("file-lock")) flock(prepared, LOCK_EX);
  if (is("pipe") && read(prepared, &byte, 1) < 0) die("read");
  /* The parent of a vfork(2) waits without being interruptible until its child is gone or runs another program. */
  if (is("uninterruptible") && vfork() == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* Its own table, and not ours: who looks shall see one owner. */
    close_range(3, ~0U, 0);
    rest();
  }
  if (is("starved")) {
    pin(SERVER_NICE);
    if (write(go[1], "123", RIVALS) != RIVALS) die("write");
    burn();
  }
}

/* Two children inherit the connections and ignore them; closing our own descriptors then sends no FIN. */
static void hand_down(void) {
  pid_t first = child(wait_for_the_end);
  child(wait_for_the_end);
  for (int index = 0; index < connected; index++) close(connections[index].descriptor);
  printf("{\"pid\": %d, \"held\": %d}\n", first, connected);
  fflush(stdout);
}

/* A pool of connections that nobody uses: those that would wait for work, and so does the first thread. */
static pthread_mutex_t work_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;

static void *wait_for_work(void *nothing) {
  pthread_mutex_lock(&work_lock);
  for (;;) pthread_cond_wait(&work, &work_lock);
  return nothing;
}

static void keep_a_pool(void) {
  struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM}, *address;
  if (getaddrinfo(host, port, &hints, &address) != 0) die("getaddrinfo");
  printf("{\"pid\": %d, \"port\": %s}\n", getpid(), port);
  for (; connected < count; connected++) {
    int descriptor = socket(address->ai_family, SOCK_STREAM, 0);
    if (connect(descriptor, address->ai_addr, address->ai_addrlen) != 0) die("connect");
  }
  say_held(connected);
  pthread_t thread;
  for (int worker = 0; worker < 4; worker++) pthread_create(&thread, NULL, wait_for_work, NULL);
  wait_for_work(NULL);
}

static void read_word(char *word) {
  char *value = strchr(word, '=');
  if (value == NULL) return;
  *value++ = '\0';
  if (strcmp(word, "habit") == 0) habit = value;
  if (strcmp(word, "host") == 0) host = value;
  if (strcmp(word, "port") == 0) port = value;
  if (strcmp(word, "count") == 0) count = atoi(value);
  if (strcmp(word, "everySeconds") == 0) every_seconds = atoi(value);
  if (strcmp(word, "keepaliveSeconds") == 0) keepalive_seconds = atoi(value);
}

int main(int number, char **words) {
  die_with_parent();
  for (int index = 1; index < number; index++) read_word(words[index]);
  if (is("idle-pool")) keep_a_pool();
  int prepared = prepare();
  /* A queue that nobody empties is full when the last connection is made. */
  int listener = listen_there(is("never-accepted") ? count : 4096);
  if (is("never-accepted")) wait_for_the_end();
  const char *servants[] = {"code-leak", "not-reading", "keepalive-leak", "half-close", "send-blocked", "kernel-owned", "turnover"};
  for (unsigned which = 0; which < sizeof servants / sizeof *servants; which++) {
    if (is(servants[which])) serve(listener);
  }
  take(listener);
  if (is("inherited")) {
    hand_down();
  } else {
    say_held(connected);
    get_stuck(prepared);
  }
  wait_for_the_end();
}
