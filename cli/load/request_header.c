/* request_header.c - the head of a request, and the lines that the user adds to it. */
#include "request_header.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The end of the line, or of the text: what must not be in a header. */
static bool is_clean(const char *text)
{
	for (; *text; text++)
		if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7f)
			return false;
	return true;
}

/* Those that we send ourselves. */
static bool is_own(const char *header, size_t n)
{
	static const char *const own[] = {"host",         "connection",        "content-length",
					  "content-type", "transfer-encoding", "accept-encoding",
					  "expect",       "user-agent",        "accept"};

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (strlen(own[i]) == n && strncasecmp(own[i], header, n) == 0)
			return true;
	return false;
}

static bool add_header(struct text *text, const char *header)
{
	static const char token[] = "!#$%&'*+-.^_`|~0123456789"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	const size_t n = strspn(header, token);

	if (n == 0 || header[n] != ':' || !is_clean(header)) {
		complain("--header: '%s' is not a header such as 'X-Key: value'", header);
		return false;
	}
	if (is_own(header, n)) {
		complain("--header: '%.*s' is set by emnist itself", (int)n, header);
		return false;
	}
	text_puts(text, header);
	text_puts(text, "\r\n");
	return true;
}

/* Longer ones do not fit the limits of servers. */
#define MAX_TOKEN 4096

/* Prints an error and returns false if it cannot be read. */
static bool read_token(char token[static MAX_TOKEN + 2], const char *path)
{
	FILE *file = fopen(path, "re");
	bool is_read, is_failed;

	if (!file) {
		complain("'%s': %s", path, strerror(errno));
		return false;
	}
	is_read = fgets(token, MAX_TOKEN + 2, file) != NULL;
	is_failed = ferror(file) != 0;
	if (is_failed)
		complain("'%s': %s", path, strerror(errno));
	fclose(file);
	if (is_read)
		token[strcspn(token, "\r\n")] = '\0';
	if (is_failed || (is_read && *token && strlen(token) <= MAX_TOKEN && is_clean(token)))
		return !is_failed;
	complain("'%s': the first line is not a token", path);
	return false;
}

static bool add_token(struct text *text, const char *path)
{
	char token[MAX_TOKEN + 2];

	if (!read_token(token, path))
		return false;
	text_puts(text, "Authorization: Bearer ");
	text_puts(text, token);
	text_puts(text, "\r\n");
	return true;
}

bool request_header_make(struct text *text, const struct text_list *headers, const char *token_path)
{
	for (size_t i = 0; i < headers->n; i++)
		if (!add_header(text, headers->texts[i]))
			return false;
	if (token_path && !add_token(text, token_path))
		return false;
	text_putc(text, '\0');
	if (text->failed)
		complain("out of memory");
	return !text->failed;
}

void request_header_put(struct text *text, const char *method, const char *target,
			const char *authority, const char *header, bool keeps_alive)
{
	text_puts(text, method);
	text_putc(text, ' ');
	text_puts(text, target);
	text_puts(text, " HTTP/1.1\r\nHost: ");
	text_puts(text, authority);
	text_puts(text, "\r\nUser-Agent: emnist/" EMNIST_VERSION "\r\nAccept: */*\r\n");
	text_puts(text, header);
	if (!keeps_alive)
		text_puts(text, "Connection: close\r\n");
}
