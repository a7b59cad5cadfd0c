/* given.h - the names that the user gave: operands and lists, in order. */
#ifndef CLI_CLASSIFY_GIVEN_H
#define CLI_CLASSIFY_GIVEN_H

#include "../common/messages.h"
#include "input.h"
#include "namelist.h"

#define GIVEN_N_LISTS 2

struct inputs_options {
	const char *const *operands;
	size_t n_operands;
	const char *lines_path;  /* --files-from; "-" is stdin; NULL: none */
	const char *zeroes_path; /* --files0-from, likewise */
	bool recursive;
	bool sums_files; /* places tell a file that has changed */
	/* The output is a file that is now an image: if it is also an input, the run ends. */
	bool output_is_image;
	const char *dump_path;  /* directory for --dump-preprocessed; NULL: none */
	const char *model_path; /* "-": stdin, which then cannot be an input */
	const char *stdin_name; /* what the operand "-" is called; NULL: "-" */
};

struct given {
	const struct inputs_options *options;
	size_t n_operands_taken;
	const char *list_paths[GIVEN_N_LISTS];
	struct namelist *lists[GIVEN_N_LISTS];
	size_t n_lists_done;
	char failure[sizeof(((struct emnist_error *)0)->message)]; /* of the list that could not be
								    * read to its end; "": none */
};

/* Whether stdin is used at most once; prints an error if not. */
bool given_check_stdin(const struct inputs_options *options);

/* Opens the lists; reading them stops when stop_fd becomes readable. Prints an error and returns
 * false on failure. Always close. */
bool given_open(struct given *given, const struct inputs_options *options, int stop_fd);

/* Whether all operands were taken: the last name is from a list. */
bool given_is_in_list(const struct given *given);

/* The next name as it was given. Without `wait`, INPUTS_LATER if it would block. */
enum inputs_result given_next(struct given *given, bool wait, struct input *input);

/* If a list could not be read to its end, prints an error and returns STATUS_FATAL; else returns
 * status. */
enum exit_status given_close(struct given *given, enum exit_status status);

/* An input of this kind; and one whose path is of no use, with the errno. Both are INPUTS_ONE. */
enum inputs_result give(struct input *input, enum input_kind kind, const char *path,
			const char *error);
enum inputs_result give_failure(struct input *input, const char *path, int failure);

#endif
