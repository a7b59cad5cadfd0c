/*
 * inputs.h - what is classified, in order: names, which are operands and those in lists, or the
 * files in an archive. A name that is a directory gives the files in it.
 */
#ifndef CLI_CLASSIFY_INPUTS_H
#define CLI_CLASSIFY_INPUTS_H

#include "../common/messages.h"

#include <emnist_dataset.h>

#include <sys/stat.h>

struct inputs_options {
	const char *const *operands;
	size_t n_operands;
	const char *lines_path;  /* --files-from; "-" is stdin; NULL: none */
	const char *zeroes_path; /* --files0-from, likewise */
	bool recursive;
	/* The results go to a file that is an image now: where one of the inputs is it, the run
	 * ends. */
	bool output_is_image;
	const char *dump_path;  /* where what was seen goes; NULL: nowhere */
	const char *model_path; /* "-" is stdin, from which no input can come then */
};

enum input_kind {
	INPUT_FILE, /* a name that was given; where it came in a row of many, maybe a directory's */
	INPUT_FOUND,  /* a file in a directory */
	INPUT_STDIN,  /* the image itself comes through standard input */
	INPUT_MEMBER, /* a file in an archive, whose bytes are there already */
	INPUT_FAILED, /* a name behind which no file can be looked for */
};

struct input {
	enum input_kind kind;
	const char *path;        /* until the next call */
	const char *error;       /* of INPUT_FAILED; likewise */
	enum emnist_limit limit; /* which it says is exceeded, or 0 */
	bool is_shortage;  /* it is that of a process that is short of memory or descriptors */
	const void *bytes; /* (nbytes) of INPUT_MEMBER; likewise */
	size_t nbytes;
};

enum inputs_result {
	INPUTS_ONE,
	INPUTS_LATER, /* the next name has not arrived yet */
	INPUTS_END,
};

struct inputs;

/* Whether standard input is asked for once at the most; complains where it is not. */
bool inputs_check_stdin(const struct inputs_options *options);

/* Opens the lists. On failure complains and returns NULL. What options point to must outlive the
 * inputs. */
struct inputs *inputs_open(const struct inputs_options *options);

/* The files in the directory at path, a name that `given` gave as a file's: as if it had been
 * known, and from now on given looks at every name. Both must outlive the inputs. Returns NULL
 * where memory is short. */
struct inputs *inputs_open_directory(struct inputs *given, const char *path);

/* The files in the archive at path, or in the one that fd and head are of where fd is not negative:
 * head was read from it. All must outlive the inputs. Returns NULL where memory is short. */
struct inputs *inputs_open_archive(const char *path, int fd, const void *head, size_t head_nbytes,
				   const struct emnist_archive_options *options);

/* From any thread: so many bytes of INPUT_MEMBER that were given are no longer needed. */
void inputs_done(struct inputs *inputs, size_t nbytes);

/* How many inputs there will be, but limit where they are as many or more, or where that is not
 * known beforehand. */
size_t inputs_at_most(const struct inputs *inputs, size_t limit);

/* Whether they are so few that to classify them all takes less than to start threads. */
bool inputs_are_few(const struct inputs *inputs);

/* The file or directory that is told by st is passed over in directories. */
void inputs_spare(struct inputs *inputs, const struct stat *st);

/* What came of directories. {0} is nothing yet; release with free(not_entered). */
struct inputs_walked {
	uint64_t n_directories;
	uint64_t n_not_entered; /* of directories in those that held nothing else */
	char *not_entered;      /* the path of one of them */
};

/* Adds what came of these inputs, which are at their end. */
void inputs_count(const struct inputs *inputs, struct inputs_walked *walked);

/* The next input. Without `wait`, INPUTS_LATER where it would have to be waited for. */
enum inputs_result inputs_next(struct inputs *inputs, bool wait, struct input *input_ret);

/* From any thread: no more names are wanted; a call of inputs_next() that waits for one returns
 * INPUTS_END. */
void inputs_stop(struct inputs *inputs);

/* Frees all; where a list could not be read to its end, or an input is an output, complains and
 * returns STATUS_FATAL, else status. */
enum exit_status inputs_close(struct inputs *inputs, enum exit_status status);

#endif
