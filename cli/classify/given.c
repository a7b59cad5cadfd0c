/* given.c - the names that the user gave: operands and lists, in order. */
#include "given.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is_stdin(const char *name)
{
	return name && strcmp(name, "-") == 0;
}

bool given_check_stdin(const struct inputs_options *options)
{
	const char *const others[] = {options->model_path, options->lines_path,
				      options->zeroes_path};
	size_t n = 0;

	for (size_t i = 0; i < options->n_operands; i++)
		n += is_stdin(options->operands[i]);
	if (options->stdin_name && n == 0) {
		complain("--name needs the operand '-': it is the name of standard input");
		return false;
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		n += is_stdin(others[i]);
	if (n > 1)
		complain("standard input can be only one of model, list and image: '-' is given "
			 "%zu times",
			 n);
	return n <= 1;
}

static bool open_list(struct given *given, int stop_fd, size_t i, const char *path, char separator)
{
	int fd;

	given->list_paths[i] = path;
	if (!path)
		return true;
	fd = is_stdin(path) ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		complain("'%s': %s", path, strerror(errno));
		return false;
	}
	given->lists[i] = namelist_new(fd, separator, stop_fd);
	if (!given->lists[i])
		complain("out of memory");
	return given->lists[i] != NULL;
}

bool given_open(struct given *given, const struct inputs_options *options, int stop_fd)
{
	*given = (struct given){.options = options};
	return open_list(given, stop_fd, 0, options->lines_path, '\n') &&
	       open_list(given, stop_fd, 1, options->zeroes_path, '\0');
}

bool given_is_in_list(const struct given *given)
{
	return given->n_operands_taken == given->options->n_operands;
}

enum inputs_result give(struct input *input, enum input_kind kind, const char *path,
			const char *error)
{
	*input = (struct input){.kind = kind, .path = path, .error = error};
	return INPUTS_ONE;
}

enum inputs_result give_failure(struct input *input, const char *path, int failure)
{
	const struct emnist_error error = {.code = EMNIST_ERR_IO, .sys_errno = failure};

	give(input, INPUT_FAILED, path, strerror(failure));
	input->is_shortage = emnist_error_is_shortage(&error);
	return INPUTS_ONE;
}

/* The next name from the lists that are left. */
static enum namelist_result next_listed(struct given *given, bool wait, const char **name_ret)
{
	while (given->n_lists_done < GIVEN_N_LISTS && !*given->failure) {
		struct namelist *list = given->lists[given->n_lists_done];
		enum namelist_result result =
			list ? namelist_next(list, wait, name_ret) : NAMELIST_END;

		if (result == NAMELIST_FAILED)
			snprintf(given->failure, sizeof(given->failure), "%s", *name_ret);
		if (result != NAMELIST_END)
			return result;
		given->n_lists_done++;
	}
	return NAMELIST_END;
}

enum inputs_result given_next(struct given *given, bool wait, struct input *input)
{
	const struct inputs_options *options = given->options;
	const char *name;

	if (given->n_operands_taken < options->n_operands) {
		name = options->operands[given->n_operands_taken++];
		if (!is_stdin(name))
			return give(input, INPUT_FILE, name, NULL);
		return give(input, INPUT_STDIN, options->stdin_name ? options->stdin_name : name,
			    NULL);
	}
	switch (next_listed(given, wait, &name)) {
	case NAMELIST_NAME:
		return give(input, INPUT_FILE, name, NULL);
	case NAMELIST_TOO_LONG:
		return give_failure(input, name, ENAMETOOLONG);
	case NAMELIST_NUL:
		return give(input, INPUT_FAILED, name,
			    "zero byte in the name; is the list meant for --files0-from?");
	case NAMELIST_LATER:
		return INPUTS_LATER;
	case NAMELIST_END:
	case NAMELIST_FAILED:
		break;
	}
	return INPUTS_END;
}

enum exit_status given_close(struct given *given, enum exit_status status)
{
	if (*given->failure) {
		complain("'%s': %s", given->list_paths[given->n_lists_done], given->failure);
		status = STATUS_FATAL;
	}
	for (size_t i = 0; i < GIVEN_N_LISTS; i++)
		namelist_free(given->lists[i]);
	return status;
}
