/*
 * floor_files.c - the least time that an honest program can take from files to classes: what
 * `emnist classify` is held against.
 *
 *	floor_files [THREADS] <NAMES
 *
 * NAMES are those of 28x28 8-bit grey PNG files, each ended by a zero byte, as find -print0 writes
 * them. THREADS, 2 by default, share them out in blocks, and for each file do open, fstat, read and
 * close; then that and decode it through libpng; then that, and run the network on each block. No
 * limits are checked but those of the room, nothing is kept in order and nothing is printed of a
 * file. Standard output gets a line for each of the three, as JSON: its name, the number of images,
 * seconds, and images a second.
 */
#include "../image/image.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BLOCK       128
#define MAX_THREADS 64

/* Far above what 28x28 pixels take. */
#define FILE_NBYTES 16384

enum stage { STAGE_READ, STAGE_DECODE, STAGE_CLASSIFY, N_STAGES };

static const char *const stage_names[N_STAGES] = {"read", "read+decode", "read+decode+network"};

struct floor {
	const char **names;
	size_t n_names;
	struct emnist_model *model;
	enum stage stage;
	atomic_size_t n_taken;
	atomic_bool failed;
};

/* What a thread works with. */
struct hand {
	struct floor *floor;
	pthread_t thread;
	struct emnist_session *session;
	struct image image;
	float vectors[BLOCK * EMNIST_VECTOR_LENGTH];
	float *probabilities;
	unsigned char file[FILE_NBYTES];
};

/* Returns the number of bytes read, or 0. */
static size_t read_file(const char *name, unsigned char *bytes)
{
	const int fd = open(name, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t n = 0;

	if (fd < 0)
		return 0;
	if (fstat(fd, &st) == 0 && st.st_size <= FILE_NBYTES)
		n = read(fd, bytes, (size_t)st.st_size);
	close(fd);
	return n > 0 ? (size_t)n : 0;
}

static bool decode(struct hand *hand, size_t nbytes, float *vector)
{
	static const struct image_header header = {EMNIST_SIDE, EMNIST_SIDE, 1};
	struct image *image = &hand->image;

	if (pngfile_decode(hand->file, nbytes, &header, image, NULL) || image->channels != 1 ||
	    image->pixels.nbytes != EMNIST_VECTOR_LENGTH)
		return false;
	for (size_t i = 0; i < EMNIST_VECTOR_LENGTH; i++)
		vector[i] = (float)image->pixels.data[i] / 255;
	return true;
}

static bool run_block(struct hand *hand, const char *const *names, size_t n)
{
	const enum stage stage = hand->floor->stage;

	for (size_t i = 0; i < n; i++) {
		const size_t nbytes = read_file(names[i], hand->file);

		if (nbytes == 0 ||
		    (stage >= STAGE_DECODE &&
		     !decode(hand, nbytes, hand->vectors + i * EMNIST_VECTOR_LENGTH))) {
			fprintf(stderr, "floor_files: '%s': not a 28x28 grey PNG\n", names[i]);
			return false;
		}
	}
	return stage < STAGE_CLASSIFY || emnist_session_run(hand->session, hand->vectors, n,
							    hand->probabilities, NULL) == EMNIST_OK;
}

static void *work(void *argument)
{
	struct hand *hand = argument;
	struct floor *floor = hand->floor;
	size_t first;

	while (!floor->failed &&
	       (first = atomic_fetch_add(&floor->n_taken, BLOCK)) < floor->n_names) {
		const size_t left = floor->n_names - first;

		if (!run_block(hand, floor->names + first, left < BLOCK ? left : BLOCK))
			floor->failed = true;
	}
	return NULL;
}

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static bool run_stage(struct floor *floor, enum stage stage, struct hand *hands, unsigned n_hands)
{
	const double start = seconds_now();
	double seconds;
	unsigned n_started = 0;

	floor->stage = stage;
	floor->n_taken = 0;
	while (n_started < n_hands &&
	       pthread_create(&hands[n_started].thread, NULL, work, &hands[n_started]) == 0)
		n_started++;
	floor->failed |= n_started < n_hands;
	for (unsigned i = 0; i < n_started; i++)
		pthread_join(hands[i].thread, NULL);
	seconds = seconds_now() - start;
	if (!floor->failed)
		printf("{\"stage\":\"%s\",\"images\":%zu,\"threads\":%u,\"seconds\":%.4f,"
		       "\"images_per_second\":%.0f}\n",
		       stage_names[stage], floor->n_names, n_hands, seconds,
		       (double)floor->n_names / seconds);
	return !floor->failed;
}

/* Reads all names from standard input; *bytes_ret is what they point into. */
static bool read_names(struct floor *floor, char **bytes_ret)
{
	size_t capacity = 0, n_allocated = 0;
	FILE *copy = open_memstream(bytes_ret, &capacity);
	char part[65536];
	size_t n;

	while (copy && (n = fread(part, 1, sizeof(part), stdin)) > 0)
		fwrite(part, 1, n, copy);
	if (!copy || fclose(copy) || (capacity > 0 && (*bytes_ret)[capacity - 1] != '\0'))
		return false;
	for (const char *name = *bytes_ret; name < *bytes_ret + capacity;
	     name += strlen(name) + 1) {
		if (floor->n_names == n_allocated) {
			void *names;

			n_allocated = 2 * n_allocated + BLOCK;
			names = realloc(floor->names, n_allocated * sizeof(*floor->names));
			if (!names)
				return false;
			floor->names = names;
		}
		floor->names[floor->n_names++] = name;
	}
	return floor->n_names > 0;
}

static bool hand_init(struct hand *hand, struct floor *floor)
{
	hand->floor = floor;
	hand->probabilities =
		alloc_array(BLOCK, emnist_model_n_outputs(floor->model) * sizeof(float));
	return hand->probabilities &&
	       !emnist_session_create(floor->model, BLOCK, &hand->session, NULL);
}

static void hand_clear(struct hand *hand)
{
	emnist_session_free(hand->session);
	image_clear(&hand->image);
	free(hand->probabilities);
}

int main(int argc, char **argv)
{
	const unsigned n_hands = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 2;
	struct floor floor = {0};
	struct hand *hands = NULL;
	char *bytes = NULL;
	bool ok = argc <= 2 && n_hands >= 1 && n_hands <= MAX_THREADS;

	if (!ok || !read_names(&floor, &bytes)) {
		fprintf(stderr, "usage: floor_files [THREADS] <NAMES, each ended by a zero byte\n");
		ok = false;
	}
	hands = ok ? alloc_zeroed(n_hands, sizeof(*hands)) : NULL;
	ok = hands && !emnist_model_default(&floor.model, NULL);
	for (unsigned i = 0; ok && i < n_hands; i++)
		ok = hand_init(&hands[i], &floor);
	for (enum stage stage = STAGE_READ; ok && stage < N_STAGES; stage++)
		ok = run_stage(&floor, stage, hands, n_hands);
	for (unsigned i = 0; hands && i < n_hands; i++)
		hand_clear(&hands[i]);
	free(hands);
	emnist_model_free(floor.model);
	free(floor.names);
	free(bytes);
	return ok ? 0 : 1;
}
