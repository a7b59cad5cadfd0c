/* log_line.c - a line of the access log, as text or JSON. */
#include "log_line.h"
#include "../../output/escape.h"
#include "../../output/json.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* What is shown of a text at most, in bytes; each may become four or, in JSON, six. */
#define MAX_TARGET 400
#define MAX_WORD   63

/* -------------------------------------------------------------------- the fields */

/* "2026-11-30T17:44:05": made once a second by each thread, since gmtime_r() takes a lock. */
static const char *second_shown(time_t second)
{
	static _Thread_local time_t shown = -1;
	static _Thread_local char text[32];
	struct tm tm;

	if (second != shown) {
		gmtime_r(&second, &tm);
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
		shown = second;
	}
	return text;
}

static void put_time(struct text *text, const struct timespec *time)
{
	const unsigned n = (unsigned)(time->tv_nsec / 1000000);
	const char digits[] = {'.', (char)('0' + n / 100), (char)('0' + n / 10 % 10),
			       (char)('0' + n % 10), 'Z'};

	text_puts(text, second_shown(time->tv_sec));
	text_add(text, digits, sizeof(digits));
}

/* A client of IPv4 at a socket of IPv6 has its own address in the last four bytes. */
static const char *ipv6_shown(const struct in6_addr *address, char room[static INET6_ADDRSTRLEN])
{
	const int n_before = 12;

	if (IN6_IS_ADDR_V4MAPPED(address))
		return inet_ntop(AF_INET, address->s6_addr + n_before, room, INET6_ADDRSTRLEN);
	return inet_ntop(AF_INET6, address, room, INET6_ADDRSTRLEN);
}

/* Its address; NULL if it is not known. */
static const char *client_shown(const void *client, char room[static INET6_ADDRSTRLEN])
{
	const struct sockaddr *address = client;

	if (!address)
		return NULL;
	if (address->sa_family == AF_INET)
		return inet_ntop(AF_INET, &((const struct sockaddr_in *)client)->sin_addr, room,
				 INET6_ADDRSTRLEN);
	if (address->sa_family == AF_INET6)
		return ipv6_shown(&((const struct sockaddr_in6 *)client)->sin6_addr, room);
	return address->sa_family == AF_UNIX ? "unix" : NULL;
}

/* ------------------------------------------------------------------------- text */

/* How many bytes are shown as they are. */
static size_t plain_nbytes(const unsigned char *bytes, size_t nbytes)
{
	size_t n = 0;

	while (n < nbytes && bytes[n] > ' ' && bytes[n] < 0x7f && bytes[n] != '\\')
		n++;
	return n;
}

/* A field, of at most max bytes of word. NULL and "" are "-". */
static void put_field(struct text *text, const char *word, size_t max)
{
	const unsigned char *bytes = (const unsigned char *)word;
	const size_t length = word ? strlen(word) : 0;
	const size_t n_shown = length < max ? length : max;
	char shown[ESCAPE_MAX];

	text_puts(text, length > 0 ? " " : " -");
	for (size_t i = 0, n_taken; i < n_shown; i += n_taken) {
		n_taken = plain_nbytes(bytes + i, n_shown - i);
		text_add(text, word + i, n_taken);
		if (n_taken == 0) {
			const size_t n = escape_next(bytes + i, length - i, shown, &n_taken);

			text_add(text, shown[0] == ' ' ? "\\x20" : shown, shown[0] == ' ' ? 4 : n);
		}
	}
	if (length > max)
		text_puts(text, "...");
}

/* Whole numbers are printed much quicker than decimals. */
static unsigned long long microseconds(double seconds)
{
	return (unsigned long long)(seconds * 1e6);
}

void log_line_text(struct text *text, const struct log_entry *entry)
{
	const unsigned long long us = microseconds(entry->seconds);
	char room[INET6_ADDRSTRLEN];

	put_time(text, &entry->time);
	put_field(text, client_shown(entry->client, room), MAX_WORD);
	put_field(text, entry->method, MAX_WORD);
	put_field(text, entry->target, MAX_TARGET);
	text_printf(text, " %u %llu %llu.%03u", entry->status, (unsigned long long)entry->nbytes,
		    us / 1000, (unsigned)(us % 1000));
	put_field(text, entry->protocol, MAX_WORD);
	put_field(text, entry->model, MAX_WORD);
	text_printf(text, " %zu\n", entry->n_images);
}

/* ------------------------------------------------------------------------- JSON */

static void put_member(struct text *text, const char *key, const char *word, size_t max)
{
	char start[MAX_TARGET + sizeof("...")];

	if (!word || !word[0])
		word = NULL;
	else if (strlen(word) > max) {
		snprintf(start, sizeof(start), "%.*s...", (int)max, word);
		word = start;
	}
	json_put_text(text, key, word);
}

void log_line_json(struct text *text, const struct log_entry *entry)
{
	const unsigned long long us = microseconds(entry->seconds);
	char room[INET6_ADDRSTRLEN];

	text_puts(text, "{\"time\":\"");
	put_time(text, &entry->time);
	text_putc(text, '"');
	put_member(text, "client", client_shown(entry->client, room), MAX_WORD);
	put_member(text, "method", entry->method, MAX_WORD);
	put_member(text, "target", entry->target, MAX_TARGET);
	text_printf(text, ",\"status\":%u,\"bytes\":%llu,\"milliseconds\":%llu.%03u", entry->status,
		    (unsigned long long)entry->nbytes, us / 1000, (unsigned)(us % 1000));
	put_member(text, "protocol", entry->protocol, MAX_WORD);
	put_member(text, "model", entry->model, MAX_WORD);
	text_printf(text, ",\"images\":%zu}\n", entry->n_images);
}
