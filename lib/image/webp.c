/*
 * webp.c - WebP, through libwebp, loaded when the first WebP file is read.
 *
 * The container is parsed here. So truncated files are refused, the orientation is found, and an
 * animation's first frame is read, for which libwebp has a separate library. Pixels outside of a
 * frame are transparent. The format is in RFC 9649.
 */
#include "../base/library.h"
#include "image.h"

#include <webp/decode.h>

#define FORMAT              "WebP"
#define LIBRARY             "libwebp.so.7"

#define RIFF_HEADER_NBYTES  12 /* "RIFF", size, "WEBP" */
#define SIZE_AT             4
#define CHUNK_HEADER_NBYTES 8
#define FRAME_HEADER_NBYTES 16

/* What libwebp calls the format of a picture that is VP8: WebPBitstreamFeatures. */
#define LOSSY 1

LIBRARY_NOTE("webp", "WebP images", "recommended", LIBRARY_NAME(LIBRARY));

#define LIBWEBP_FUNCTIONS(F)                                                                       \
	F(WebPDecode)                                                                              \
	F(WebPGetFeaturesInternal)                                                                 \
	F(WebPInitDecoderConfigInternal)

static struct {
	LIBWEBP_FUNCTIONS(LIBRARY_MEMBER)
} libwebp;

/* A picture in the file, and its position on the canvas. */
struct frame {
	const uint8_t *bytes; /* NULL: not found yet */
	size_t nbytes;
	uint32_t left, top;
	uint32_t width, height; /* 0: the picture's own size */
};

struct webp {
	uint32_t width, height; /* of the canvas, if given */
	unsigned orientation;   /* as in EXIF; 0: not found yet */
	struct frame frame;
};

static enum emnist_status open_library(struct emnist_error *error)
{
	static const struct library_function functions[] = {
#define FUNCTION(name) {LIBRARY_FUNCTION(name, libwebp)},
		LIBWEBP_FUNCTIONS(FUNCTION)
#undef FUNCTION
	};
	static struct library library =
		LIBRARY_INIT(LIBRARY, "libwebp7", "WebP images need", functions);

	return library_open(&library, error);
}

/* ------------------------------------------------------------------ container */

static uint32_t take_le(struct cursor *in, size_t n)
{
	const unsigned char *b = cursor_take(in, n);
	uint32_t value = 0;

	for (size_t i = 0; b && i < n; i++)
		value |= (uint32_t)b[i] << (8 * i);
	return value;
}

static bool is_chunk(const unsigned char *head, const char *name)
{
	return memcmp(head, name, 4) == 0;
}

static void read_canvas(struct webp *webp, struct cursor content)
{
	cursor_take(&content, 4); /* flags */
	webp->width = take_le(&content, 3) + 1;
	webp->height = take_le(&content, 3) + 1;
}

static void read_exif(struct webp *webp, struct cursor content)
{
	static const char prefix[6] = "Exif\0"; /* of JPEG, and some write it here too */

	if (cursor_left(&content) >= sizeof(prefix) &&
	    memcmp(content.bytes, prefix, sizeof(prefix)) == 0)
		cursor_take(&content, sizeof(prefix));
	webp->orientation = exif_orientation(content.bytes + content.offset, cursor_left(&content));
}

static void read_frame(struct frame *frame, struct cursor content)
{
	frame->left = take_le(&content, 3) * 2;
	frame->top = take_le(&content, 3) * 2;
	frame->width = take_le(&content, 3) + 1;
	frame->height = take_le(&content, 3) + 1;
	cursor_take(&content, FRAME_HEADER_NBYTES - 12);
	frame->bytes = content.bytes + content.offset;
	frame->nbytes = cursor_left(&content);
}

/* Only before the first frame. head: of the chunk that contains content. */
static void read_chunk(struct webp *webp, const unsigned char *head, struct cursor content,
		       const uint8_t *file, size_t nbytes)
{
	if (is_chunk(head, "VP8X"))
		read_canvas(webp, content);
	else if (is_chunk(head, "EXIF") && !webp->orientation)
		read_exif(webp, content);
	else if (webp->frame.bytes)
		return;
	else if (is_chunk(head, "ANMF"))
		read_frame(&webp->frame, content);
	else if (is_chunk(head, "VP8 ") || is_chunk(head, "VP8L"))
		webp->frame = (struct frame){.bytes = file, .nbytes = nbytes};
}

/* Walks the chunks of the file. */
static enum emnist_status walk(struct webp *webp, const uint8_t *bytes, size_t nbytes,
			       struct emnist_error *error)
{
	struct cursor in = cursor_over(bytes, nbytes);
	uint32_t size;

	*webp = (struct webp){0};
	cursor_take(&in, SIZE_AT);
	size = take_le(&in, 4);
	cursor_take(&in, 4);
	if (in.failed || size > nbytes - SIZE_AT - 4)
		return image_cut_short(error, FORMAT, nbytes);
	if (size < in.offset - SIZE_AT - 4)
		return image_corrupt(error, FORMAT, "it holds no image");
	in.nbytes = SIZE_AT + 4 + (size_t)size;
	while (cursor_left(&in) >= CHUNK_HEADER_NBYTES) {
		const unsigned char *head = cursor_take(&in, 4);
		const uint32_t length = take_le(&in, 4);
		const unsigned char *content = cursor_take(&in, length);

		if (!content)
			return image_cut_short(error, FORMAT, nbytes);
		read_chunk(webp, head, cursor_over(content, length), bytes, nbytes);
		if (length % 2)
			cursor_take(&in, 1);
	}
	return webp->frame.bytes ? EMNIST_OK : image_corrupt(error, FORMAT, "it holds no image");
}

/* --------------------------------------------------------------------- libwebp */

static enum emnist_status report(VP8StatusCode code, size_t nbytes, struct emnist_error *error)
{
	switch (code) {
	case VP8_STATUS_OK:
		return EMNIST_OK;
	case VP8_STATUS_OUT_OF_MEMORY:
		return error_memory(error);
	case VP8_STATUS_NOT_ENOUGH_DATA:
	case VP8_STATUS_SUSPENDED:
		return image_cut_short(error, FORMAT, nbytes);
	case VP8_STATUS_UNSUPPORTED_FEATURE:
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "this kind of " FORMAT " is not supported");
	default:
		return image_corrupt(error, FORMAT, "the data are damaged");
	}
}

/* Reads the frame's features from libwebp, and sets its size. */
static enum emnist_status read_features(struct webp *webp, WebPBitstreamFeatures *features,
					size_t nbytes, struct emnist_error *error)
{
	struct frame *frame = &webp->frame;
	const VP8StatusCode code = libwebp.WebPGetFeaturesInternal(
		frame->bytes, frame->nbytes, features, WEBP_DECODER_ABI_VERSION);

	if (code != VP8_STATUS_OK)
		return report(code, nbytes, error);
	if (!frame->width) {
		frame->width = (uint32_t)features->width;
		frame->height = (uint32_t)features->height;
	}
	if (!webp->width) {
		webp->width = frame->width;
		webp->height = frame->height;
	}
	if (frame->width != (uint32_t)features->width ||
	    frame->height != (uint32_t)features->height ||
	    frame->left + frame->width > webp->width || frame->top + frame->height > webp->height)
		return image_corrupt(error, FORMAT, "its headers contradict each other");
	return EMNIST_OK;
}

static enum emnist_status open_webp(struct webp *webp, WebPBitstreamFeatures *features,
				    const uint8_t *bytes, size_t nbytes, struct emnist_error *error)
{
	enum emnist_status status = open_library(error);

	if (!status)
		status = walk(webp, bytes, nbytes, error);
	if (!status)
		status = read_features(webp, features, nbytes, error);
	return status;
}

enum emnist_status webp_header(const uint8_t *bytes, size_t nbytes, struct image_header *header,
			       struct emnist_error *error)
{
	WebPBitstreamFeatures features;
	struct webp webp;
	const enum emnist_status status = open_webp(&webp, &features, bytes, nbytes, error);

	if (status)
		return status;
	*header = (struct image_header){
		.width = webp.width,
		.height = webp.height,
		.orientation = webp.orientation ? webp.orientation : 1,
	};
	return EMNIST_OK;
}

enum emnist_status webp_decode(const uint8_t *bytes, size_t nbytes,
			       const struct image_header *header, struct image *image,
			       struct emnist_error *error)
{
	WebPBitstreamFeatures features;
	WebPDecoderConfig config;
	WebPRGBABuffer *output;
	struct webp webp;
	size_t offset;
	bool has_alpha;
	enum emnist_status status = open_webp(&webp, &features, bytes, nbytes, error);

	if (status)
		return status;
	has_alpha = features.has_alpha || webp.frame.width < webp.width ||
		    webp.frame.height < webp.height;
	status = image_resize(image, header->width, header->height, has_alpha ? 4 : 3, error);
	if (status)
		return status;
	image->lossy = features.format == LOSSY;
	memset(image->pixels.data, 0, image->pixels.nbytes);
	offset = ((size_t)webp.frame.top * image->width + webp.frame.left) * image->channels;
	if (!libwebp.WebPInitDecoderConfigInternal(&config, WEBP_DECODER_ABI_VERSION))
		return error_set(error, EMNIST_ERR_UNSUPPORTED, "libwebp has another interface");
	output = &config.output.u.RGBA;
	config.output.colorspace = has_alpha ? MODE_RGBA : MODE_RGB;
	config.output.is_external_memory = 1;
	output->rgba = image->pixels.data + offset;
	output->stride = (int)(image->width * image->channels);
	output->size = image->pixels.nbytes - offset;
	return report(libwebp.WebPDecode(webp.frame.bytes, webp.frame.nbytes, &config), nbytes,
		      error);
}
