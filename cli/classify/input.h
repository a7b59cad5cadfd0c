/*
 * input.h - one of those that are classified.
 */
#ifndef CLI_CLASSIFY_INPUT_H
#define CLI_CLASSIFY_INPUT_H

#include <emnist.h>

enum input_kind {
	INPUT_FILE,   /* a given name; after many files in a row it may be a directory's */
	INPUT_FOUND,  /* a file in a directory */
	INPUT_STDIN,  /* the image itself comes through stdin */
	INPUT_MEMBER, /* a file in an archive, with its bytes */
	INPUT_FAILED, /* a name that cannot be a file's */
};

/*
 * Where an input is among all: among the names given; if that name is a directory, among the files
 * in it; if it is an archive, among the files in that. Each counts from 1, 0: not there. A checksum
 * of all names up to it, and of the sizes and times of their files if that is asked for, tells
 * other inputs.
 */
struct input_place {
	uint64_t given, found, member;
	uint64_t given_sum, found_sum, member_sum;
};

struct input {
	enum input_kind kind;
	const char *path;        /* until the next call */
	const char *error;       /* of INPUT_FAILED; likewise */
	enum emnist_limit limit; /* the limit that it exceeded, or 0 */
	struct input_place place;
	bool is_shortage;  /* the process is short of memory or descriptors */
	const void *bytes; /* (nbytes) of INPUT_MEMBER; likewise */
	size_t nbytes;
};

enum inputs_result {
	INPUTS_ONE,
	INPUTS_LATER, /* the next name has not arrived yet */
	INPUTS_END,
};

#endif
