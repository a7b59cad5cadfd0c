/*
 * serve_page.c - the web page: drawings and pictures in, labels out.
 *
 * There is one page, into which the answer is put: by the server for a form that was sent, by the
 * page's script for everything else, which asks for the answer alone. Nothing of a visitor is kept,
 * and the page may load nothing from elsewhere, and run no script but its own.
 */
#include "serve_page.h"
#include "../../lib/base/crc32c.h"
#include "inference.h"
#include "page_answer.h"
#include "page_form.h"
#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLICY                                                                                     \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "    \
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

#define TITLE "emnist: which character is this?"
/* Of the page that Flask served in the article on which these paths are from. */
#define FORM_TITLE "EMNIST Image Upload"

/* A larger picture is not sent back with the answer. */
#define SHOWN_NBYTES (2U << 20)

/* Of page_files.S. */
extern const char page_html[], page_html_end[], page_css[], page_css_end[], page_js[],
	page_js_end[];

/* ----------------------------------------------------------------- responses */

/* Completes the response with headers for browsers. */
static void complete(struct call *call, unsigned status, const char *type, const char *cache)
{
	call->response.status = status;
	call->response.content_type = type;
	call->account.protocol = "page";
	call_add_header(call, "Cache-Control", cache);
	call_add_header(call, "Content-Security-Policy", POLICY);
	call_add_header(call, "X-Content-Type-Options", "nosniff");
	call_add_header(call, "Referrer-Policy", "no-referrer");
}

/* The same for what is the same for everybody: a browser that has it gets no second copy. */
static void complete_file(struct call *call, const char *type)
{
	struct response *response = &call->response;
	const char *known = request_header(&call->request, "If-None-Match");
	char tag[16];

	snprintf(tag, sizeof(tag), "\"%08x\"",
		 response->constant ? crc32c(0, response->constant, response->constant_nbytes)
				    : crc32c(0, response->body.bytes, response->body.nbytes));
	complete(call, 200, type, "no-cache");
	call_add_header(call, "ETag", tag);
	if (!known || !strstr(known, tag))
		return;
	response->status = 304;
	response->constant = NULL;
	text_reset(&response->body);
}

/* Puts the page with this answer. */
static void put_page(struct text *text, const char *title, const struct text *answer)
{
	static const char title_mark[] = "{title}", answer_mark[] = "{answer}";
	const size_t nbytes = (size_t)(page_html_end - page_html);
	const char *at_title = memmem(page_html, nbytes, title_mark, strlen(title_mark));
	const char *at_answer = memmem(page_html, nbytes, answer_mark, strlen(answer_mark));
	const char *middle = at_title + strlen(title_mark);
	const char *last = at_answer + strlen(answer_mark);

	text_add(text, page_html, (size_t)(at_title - page_html));
	text_puts(text, title);
	text_add(text, middle, (size_t)(at_answer - middle));
	text_add(text, answer->bytes, answer->nbytes);
	text_add(text, last, (size_t)(page_html_end - last));
	text->failed |= answer->failed;
}

/* Answers with a page that says why there is nothing else. */
static void answer_problem(struct call *call, unsigned status, const char *problem)
{
	struct text answer = {0};

	page_put_problem(&answer, problem);
	put_page(&call->response.body, TITLE, &answer);
	complete(call, status, "text/html; charset=utf-8", "no-store");
	text_release(&answer);
}

/* ------------------------------------------------------------------- answers */

static unsigned problem(struct text *answer, unsigned status, const char *message)
{
	page_put_problem(answer, message);
	return status;
}

static unsigned short_of_memory(const struct call *call, struct text *answer)
{
	return call->deferred ? 0 : problem(answer, 503, "Memory is short. Try again later.");
}

static unsigned picture_status(const struct emnist_error *error)
{
	if (emnist_error_is_shortage(error))
		return 503;
	if (error->code == EMNIST_ERR_LIMIT)
		return 413;
	return error->code == EMNIST_ERR_CORRUPT ? 400 : 415;
}

static unsigned unreadable(struct text *answer, const struct emnist_error *error)
{
	char message[sizeof(error->message) + 64];

	snprintf(message, sizeof(message), "This picture cannot be read: %s.", error->message);
	return problem(answer, picture_status(error), message);
}

/* Runs the network, and puts its answer with that of the vector. */
static unsigned classify(struct call *call, struct served *served, const struct emnist_view *view,
			 struct page_answer *known, struct text *answer)
{
	float *probabilities = malloc(served->n_classes * sizeof(*probabilities));
	unsigned status = 0;

	if (!probabilities) {
		status = short_of_memory(call, answer);
	} else if (!inference_run(call, served, known->vector, 1, probabilities)) {
		text_reset(&call->response.body);
		status = short_of_memory(call, answer);
	} else {
		emnist_view_apply(view, probabilities, 1);
		known->labels = emnist_view_labels(view);
		known->probabilities = probabilities;
		answer->failed |= !page_put_answer(answer, known);
		status = 200;
	}
	free(probabilities);
	return status;
}

static unsigned recognize(struct call *call, struct served *served, const struct page_form *form,
			  bool shows_picture, struct text *answer)
{
	struct picture picture = {.bytes = form->picture, .nbytes = form->picture_nbytes};
	float vector[EMNIST_VECTOR_LENGTH];
	struct page_answer known = {.vector = vector, .merge_case = form->classes.merge_case};
	struct emnist_view *view;
	struct emnist_error error;
	unsigned status;

	if (emnist_view_create(emnist_model_labels(served->model), &form->classes, &view, &error))
		return problem(answer, 400, error.message);
	if (!inference_read(call, served, &picture, 1, vector)) {
		text_reset(&call->response.body);
		status = short_of_memory(call, answer);
	} else if (picture.error.code) {
		status = unreadable(answer, &picture.error);
	} else if (picture.blank) {
		status = problem(answer, 200, "No ink was found in this picture.");
	} else {
		known.n_characters = picture.n_characters;
		known.warning = picture.warning;
		known.picture =
			shows_picture && picture.nbytes <= SHOWN_NBYTES ? picture.bytes : NULL;
		known.picture_nbytes = picture.nbytes;
		status = classify(call, served, view, &known, answer);
	}
	emnist_view_free(view);
	return status;
}

/* Puts the answer to a form, and returns the status; 0: the call is deferred. */
static unsigned put_answer(struct call *call, bool shows_picture, struct text *answer)
{
	struct registry *registry = call->server->registry;
	struct page_form form;
	const char *message;
	struct served *served;
	unsigned status = page_form_read(&form, &call->request, &message);

	if (status != 200) {
		problem(answer, status, message);
	} else if (registry_acquire(registry, NULL, NULL, &served) != REGISTRY_FOUND) {
		status = problem(answer, 503, "No model is ready. Try again later.");
	} else {
		call->account.api = "classify";
		snprintf(call->account.model, sizeof(call->account.model), "%s", served->name);
		status = recognize(call, served, &form, shows_picture, answer);
		registry_release(registry, served);
	}
	page_form_release(&form);
	return status;
}

/* -------------------------------------------------------------------- routes */

static void get_css(struct call *call)
{
	call->response.constant = page_css;
	call->response.constant_nbytes = (size_t)(page_css_end - page_css);
	complete_file(call, "text/css; charset=utf-8");
}

static void get_js(struct call *call)
{
	call->response.constant = page_js;
	call->response.constant_nbytes = (size_t)(page_js_end - page_js);
	complete_file(call, "text/javascript; charset=utf-8");
}

static void get_page(struct call *call)
{
	put_page(&call->response.body, TITLE, &(struct text){0});
	complete_file(call, "text/html; charset=utf-8");
}

static void get_form(struct call *call)
{
	put_page(&call->response.body, FORM_TITLE, &(struct text){0});
	complete_file(call, "text/html; charset=utf-8");
}

/* The answer in the page; with ?answer, alone. */
static void post_form(struct call *call)
{
	struct text answer = {0}, parameter = {0};
	const bool is_alone = call_parameter(call, "answer", &parameter);
	const unsigned status = put_answer(call, !is_alone, &answer);

	if (status != 0) {
		if (is_alone) {
			call->response.body = answer;
			answer = (struct text){0};
		} else {
			put_page(&call->response.body, FORM_TITLE, &answer);
		}
		complete(call, status, "text/html; charset=utf-8", "no-store");
	}
	text_release(&answer);
	text_release(&parameter);
}

static void refuse_kept(struct call *call)
{
	answer_problem(call, 410, "Pictures are not kept.");
}

static const struct route {
	const char *method, *path;
	void (*answer)(struct call *call);
} routes[] = {
	{"GET", "/", get_page},
	{"GET", "/page.css", get_css},
	{"GET", "/page.js", get_js},
	{"GET", "/emnist/img_upload", get_form},
	{"POST", "/emnist/img_upload", get_form},
	{"POST", "/emnist/result", post_form},
};

static bool starts_with(const struct call *call, const char *start)
{
	return strncmp(call->request.target, start, strlen(start)) == 0;
}

static bool is_method(const struct call *call, const char *method)
{
	const char *asked = call->request.method;

	return strcmp(asked, method) == 0 ||
	       (strcmp(asked, "HEAD") == 0 && strcmp(method, "GET") == 0);
}

bool serve_page(struct call *call)
{
	const struct route *other = NULL;

	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (!call_path_is(call, routes[i].path))
			continue;
		if (is_method(call, routes[i].method)) {
			routes[i].answer(call);
			return true;
		}
		other = &routes[i];
	}
	if (other && strcmp(other->path, "/") != 0) {
		call_add_header(call, "Allow", other->method);
		answer_problem(call, 405, "This page takes another method.");
		return true;
	}
	if (!starts_with(call, "/emnist/img_upload/"))
		return false;
	refuse_kept(call);
	return true;
}
