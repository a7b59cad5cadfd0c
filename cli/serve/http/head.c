/* head.c - which heads are refused. */
#include "head.h"

#include <string.h>
#include <strings.h>

static bool is_name(const char *name, size_t nbytes, const char *wanted)
{
	return nbytes == strlen(wanted) && strncasecmp(name, wanted, nbytes) == 0;
}

static bool is_token(const char *name, size_t nbytes)
{
	static const char allowed[] = "!#$%&'*+-.^_`|~0123456789"
				      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	for (size_t i = 0; i < nbytes; i++)
		if (!memchr(allowed, name[i], sizeof(allowed) - 1))
			return false;
	return nbytes > 0;
}

static bool has_control(const char *value, size_t nbytes)
{
	for (size_t i = 0; i < nbytes; i++)
		if (((unsigned char)value[i] < 0x20 && value[i] != '\t') || value[i] == 0x7f)
			return true;
	return false;
}

static void add_length(struct head *head, const char *value, size_t nbytes)
{
	uint64_t length = 0;

	head->n_lengths++;
	if (nbytes == 0)
		head->has_bad_value = true;
	for (size_t i = 0; i < nbytes; i++) {
		if (value[i] < '0' || value[i] > '9' ||
		    __builtin_mul_overflow(length, 10, &length) ||
		    __builtin_add_overflow(length, (uint64_t)(value[i] - '0'), &length)) {
			head->has_bad_value = true;
			return;
		}
	}
	head->content_nbytes = length;
}

void head_add(struct head *head, const char *name, size_t name_nbytes, const char *value,
	      size_t value_nbytes)
{
	if (!is_token(name, name_nbytes) || has_control(value, value_nbytes))
		head->has_bad_value = true;
	if (is_name(name, name_nbytes, "Host")) {
		head->n_hosts++;
	} else if (is_name(name, name_nbytes, "Content-Length")) {
		add_length(head, value, value_nbytes);
	} else if (is_name(name, name_nbytes, "Transfer-Encoding")) {
		head->n_encodings++;
		head->is_chunked = is_name(value, value_nbytes, "chunked");
	} else if (is_name(name, name_nbytes, "Content-Encoding")) {
		head->n_contents++;
	} else if (is_name(name, name_nbytes, "Expect")) {
		head->expects_continue = is_name(value, value_nbytes, "100-continue");
		head->expects_else = !head->expects_continue;
	}
}

void head_check(struct head *head, const char *version)
{
	const bool is_1_1 = strcmp(version, "HTTP/1.1") == 0;
	const struct {
		bool fails;
		unsigned status;
		const char *why;
	} checks[] = {
		{!is_1_1 && strcmp(version, "HTTP/1.0") != 0, 505, "HTTP/1.1 is supported"},
		{head->has_bad_value, 400, "malformed header"},
		{head->n_hosts > 1 || (is_1_1 && head->n_hosts == 0), 400,
		 "exactly one Host is needed"},
		{head->n_lengths > 1, 400, "several Content-Length"},
		{head->n_lengths > 0 && head->n_encodings > 0, 400,
		 "Content-Length and Transfer-Encoding"},
		{head->n_encodings > 1 || (head->n_encodings == 1 && !head->is_chunked), 501,
		 "Transfer-Encoding is not chunked"},
		{head->n_encodings > 0 && !is_1_1, 400, "Transfer-Encoding in HTTP/1.0"},
		{head->n_contents > 1, 415, "several Content-Encoding"},
		{head->expects_else, 417, "Expect is not 100-continue"},
	};

	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		if (!checks[i].fails)
			continue;
		head->status = checks[i].status;
		head->why = checks[i].why;
		return;
	}
}
