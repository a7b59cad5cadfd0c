/* listening.h - sockets to listen on. */
#ifndef CLI_SERVE_LISTENING_H
#define CLI_SERVE_LISTENING_H

#include <stdbool.h>

/* address: "ADDRESS:PORT", "[IPV6]:PORT", ":PORT" for all addresses, "unix:PATH". Prints an error
 * and returns -1 on failure. *url_ret is what to show, "http://127.0.0.1:8501", with the port that
 * the system chose for port 0. */
#define LISTENING_URL_NBYTES 256
int listening_open(const char *address, char url_ret[static LISTENING_URL_NBYTES]);

/* The same for a socket that listens already: what to show. */
void listening_show(int fd, char url_ret[static LISTENING_URL_NBYTES]);

/* From now on the system answers no attempt to connect to the socket. Connections that are being
 * made still come, within the time that a client needs to answer. */
void listening_refuse(int fd);

/* Removes the file of a "unix:PATH" address. */
void listening_remove(const char *address);

#endif
