/*
 * serve_page.c - the web page: drawings and pictures in, labels out.
 *
 * There is one page, into which the answer is put: by the server for a form that was sent, by the
 * page's script for everything else, which asks for the answer alone. Nothing of a visitor is kept,
 * and the page may load nothing from elsewhere, and run no script but its own.
 */
#include "serve_page.h"
#include "../../../lib/base/crc32c.h"
#include "../call/inference.h"
#include "../call/server.h"
#include "page_answer.h"
#include "page_form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLICY                                                                                     \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "    \
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

#define HTML  "text/html; charset=utf-8"

#define TITLE "emnist: which character is this?"
/* Of the page of the blog's application, at its paths. */
#define FORM_TITLE "EMNIST Image Upload"

/* A larger picture is not sent back with the answer. */
#define SHOWN_NBYTES (2U << 20)

/* Of page_files.S. */
extern const char page_html[], page_html_end[], page_css[], page_css_end[], page_js[],
	page_js_end[];

/* ---------------------------------------------------------------- the page */

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

static void respond(struct response *response, unsigned status, const char *type)
{
	response->status = status;
	response->content_type = type;
}

static void put_problem(struct response *response, const char *message)
{
	page_put_problem(&response->body, message);
	response->content_type = HTML;
}

static void put_problem_page(struct response *response, const char *message)
{
	struct text answer = {0};

	page_put_problem(&answer, message);
	put_page(&response->body, TITLE, &answer);
	response->content_type = HTML;
	text_release(&answer);
}

/* ------------------------------------------------------------------- answers */

static bool make_view(struct call *call, const struct served *served, const struct page_form *form,
		      struct emnist_view **view_ret)
{
	struct emnist_error error;

	if (!emnist_view_create(emnist_model_labels(served->model), &form->classes, view_ret,
				&error))
		return true;
	call_fail(call, emnist_error_is_shortage(&error) ? 503 : 400, "%s", error.message);
	return false;
}

static bool read_picture(struct call *call, const struct served *served, struct picture *picture,
			 float *vector)
{
	if (!inference_read(call, served, picture, 1, vector))
		return false;
	if (picture->error.code)
		call_fail(call, picture_status(picture), "This picture cannot be read: %s.",
			  picture->error.message);
	else if (picture->blank)
		call_fail(call, 200, "No ink was found in this picture.");
	return !picture->error.code && !picture->blank;
}

/* Puts the answer to a form. False: as inference_run(). */
static bool put_answer(struct call *call, struct served *served, const struct page_form *form,
		       bool shows_picture, struct text *answer)
{
	struct picture picture = {.bytes = form->picture, .nbytes = form->picture_nbytes};
	float vector[EMNIST_VECTOR_LENGTH];
	float *probabilities = malloc(served->n_classes * sizeof(*probabilities));
	struct emnist_view *view = NULL;
	bool is_answered = false;

	if (!probabilities) {
		call_fail(call, 503, "out of memory");
	} else if (make_view(call, served, form, &view) &&
		   read_picture(call, served, &picture, vector) &&
		   inference_run(call, served, vector, 1, probabilities)) {
		const struct page_answer known = {
			.labels = emnist_view_labels(view),
			.probabilities = probabilities,
			.vector = vector,
			.n_characters = picture.n_characters,
			.warning = picture.warning,
			.merge_case = form->classes.merge_case,
			.picture = shows_picture && picture.nbytes <= SHOWN_NBYTES ? picture.bytes
										   : NULL,
			.picture_nbytes = picture.nbytes,
		};

		emnist_view_apply(view, probabilities, 1);
		answer->failed |= !page_put_answer(answer, &known);
		is_answered = true;
	}
	free(probabilities);
	emnist_view_free(view);
	return is_answered;
}

static bool recognize(struct call *call, bool shows_picture, struct text *answer)
{
	struct registry *registry = call->server->registry;
	bool is_answered = false;
	struct served *served;
	struct page_form form;

	if (!page_form_read(call, &form)) {
		;
	} else if (registry_acquire(registry, NULL, NULL, &served) != REGISTRY_FOUND) {
		call_fail(call, 503, "No model is ready.");
	} else {
		call->account.api = "classify";
		snprintf(call->account.model, sizeof(call->account.model), "%s", served->name);
		is_answered = put_answer(call, served, &form, shows_picture, answer);
		registry_release(registry, served);
	}
	page_form_release(&form);
	return is_answered;
}

/* -------------------------------------------------------------------- routes */

/* What is the same for everybody: a browser that has it gets no second copy. */
static void tag_file(struct call *call)
{
	struct response *response = &call->response;
	const char *known = request_header(&call->request, "If-None-Match");
	char tag[16];

	snprintf(tag, sizeof(tag), "\"%08x\"",
		 response->constant ? crc32c(0, response->constant, response->constant_nbytes)
				    : crc32c(0, response->body.bytes, response->body.nbytes));
	call_add_header(call, "ETag", tag);
	call_add_header(call, "Cache-Control", "no-cache");
	if (!known || !strstr(known, tag))
		return;
	response->status = 304;
	response->constant = NULL;
	text_reset(&response->body);
}

static void get_file(struct call *call, const char *type, const char *start, const char *end)
{
	call->response.constant = start;
	call->response.constant_nbytes = (size_t)(end - start);
	respond(&call->response, 200, type);
	tag_file(call);
}

static void get_css(struct call *call)
{
	get_file(call, "text/css; charset=utf-8", page_css, page_css_end);
}

static void get_js(struct call *call)
{
	get_file(call, "text/javascript; charset=utf-8", page_js, page_js_end);
}

static void get_titled(struct call *call, const char *title)
{
	put_page(&call->response.body, title, &(struct text){0});
	respond(&call->response, 200, HTML);
	tag_file(call);
}

static void get_page(struct call *call)
{
	get_titled(call, TITLE);
}

static void get_form(struct call *call)
{
	get_titled(call, FORM_TITLE);
}

/* The answer in the page; with ?answer, alone. */
static void post_form(struct call *call)
{
	struct text answer = {0}, parameter = {0};
	const bool is_alone = call_parameter(call, "answer", &parameter);

	if (is_alone)
		call->put_error = put_problem;
	if (recognize(call, !is_alone, &answer)) {
		respond(&call->response, 200, HTML);
		if (is_alone)
			text_add(&call->response.body, answer.bytes, answer.nbytes);
		else
			put_page(&call->response.body, FORM_TITLE, &answer);
		call->response.body.failed |= answer.failed;
	}
	call_add_header(call, "Cache-Control", "no-store");
	text_release(&answer);
	text_release(&parameter);
}

static const struct route {
	const char *path, *methods;
	void (*answer)(struct call *call);
} routes[] = {
	{"/", "GET, HEAD", get_page},          {"/page.css", "GET, HEAD", get_css},
	{"/page.js", "GET, HEAD", get_js},     {"/emnist/img_upload", "GET, HEAD, POST", get_form},
	{"/emnist/result", "POST", post_form},
};

/* A file that the blog's application would have kept. */
static bool is_kept(const struct call *call)
{
	static const char folder[] = "/emnist/img_upload/";

	return strncmp(call->request.target, folder, strlen(folder)) == 0;
}

static const struct route *find_route(const struct call *call)
{
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
		if (call_path_is(call, routes[i].path))
			return &routes[i];
	return NULL;
}

bool serve_page(struct call *call)
{
	const struct route *route = find_route(call);

	if (!route && !is_kept(call))
		return false;
	if (route == routes && strcmp(call->request.method, "POST") == 0)
		return false; /* another protocol's */
	call->account.protocol = "page";
	call->put_error = put_problem_page;
	if (!route)
		call_fail(call, 410, "Pictures are not kept.");
	else if (call_check_method(call, route->methods))
		route->answer(call);
	if (call->deferred)
		return true;
	call_add_header(call, "Content-Security-Policy", POLICY);
	call_add_header(call, "X-Content-Type-Options", "nosniff");
	call_add_header(call, "Referrer-Policy", "no-referrer");
	return true;
}
