/*
 * tiff_pages.c - the pages of a TIFF file, without decoding.
 *
 * A file is a chain of directories at arbitrary places. Each has entries of a tag, a type, a number
 * of values, and the values or their offset. Two entries give the offsets and lengths of a page's
 * strips or tiles. Every offset is checked before it is followed. A page becomes a file of its own
 * by copying everything that its directory refers to, with new offsets.
 *
 * TIFF 6.0, section 2; BigTIFF: libtiff, "The BigTIFF File Format".
 */
#include "tiff_pages.h"

#define FORMAT "TIFF"

enum tag {
	TAG_NEW_SUBFILE_TYPE = 254,
	TAG_SUBFILE_TYPE = 255,
	TAG_STRIP_OFFSETS = 273,
	TAG_STRIP_NBYTES = 279,
	TAG_TILE_OFFSETS = 324,
	TAG_TILE_NBYTES = 325,
	/* Of other directories, which are left behind. */
	TAG_SUB_DIRECTORIES = 330,
	TAG_EXIF = 34665,
	TAG_GPS = 34853,
	TAG_INTEROPERABILITY = 40965,
};

enum type {
	TYPE_LONG = 4,
	TYPE_LONG8 = 16,
};

/* Bits of NewSubfileType, a value of SubfileType. */
#define NEW_REDUCED 1u
#define NEW_MASK    4u
#define OLD_REDUCED 2u

/* Where the parts of a file are. */
struct layout {
	size_t offset_nbytes; /* of an offset, and of a number of values */
	size_t count_nbytes;  /* of the number of entries */
	size_t entry_nbytes;
	size_t header_nbytes;
};

/* All pages together may take twice as much as the file, and this: they have little in common. */
#define SPARE_NBYTES ((uint64_t)1 << 20)

static const struct layout classic = {4, 2, 12, 8}, bigtiff = {8, 8, 20, 16};

struct entry {
	size_t at; /* of the entry itself */
	unsigned tag;
	unsigned type;
	uint64_t n;        /* values */
	size_t values;     /* offset of the values; nbytes bytes follow there */
	size_t nbytes;     /* of all values */
	bool is_out_there; /* and not in the entry */
};

struct directory {
	size_t at;
	size_t n; /* entries */
	uint64_t next;
};

static const struct layout *layout_of(const struct tiff_pages *pages)
{
	return pages->big ? &bigtiff : &classic;
}

/* Reads a number of n bytes at an offset. */
static uint64_t number_at(const struct tiff_pages *pages, size_t offset, size_t n)
{
	const uint8_t *b = pages->bytes + offset;
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | b[pages->little_endian ? n - 1 - i : i];
	return value;
}

static bool is_there(const struct tiff_pages *pages, uint64_t offset, uint64_t nbytes)
{
	return nbytes <= pages->nbytes && offset <= pages->nbytes - nbytes;
}

/* ------------------------------------------------------------------ directories */

static bool read_directory(const struct tiff_pages *pages, uint64_t offset, struct directory *ret)
{
	const struct layout *layout = layout_of(pages);
	uint64_t n, end;

	if (!is_there(pages, offset, layout->count_nbytes))
		return false;
	n = number_at(pages, (size_t)offset, layout->count_nbytes);
	if (n > pages->nbytes / layout->entry_nbytes)
		return false;
	end = offset + layout->count_nbytes + n * layout->entry_nbytes;
	if (!is_there(pages, end, layout->offset_nbytes))
		return false;
	*ret = (struct directory){
		.at = (size_t)offset,
		.n = (size_t)n,
		.next = number_at(pages, (size_t)end, layout->offset_nbytes),
	};
	return true;
}

static size_t directory_nbytes(const struct tiff_pages *pages, const struct directory *directory)
{
	const struct layout *layout = layout_of(pages);

	return layout->count_nbytes + directory->n * layout->entry_nbytes + layout->offset_nbytes;
}

/* 0: not a type that is known. */
static size_t type_nbytes(unsigned type)
{
	static const unsigned char nbytes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4,
					       8, 4, 8, 4, 0, 0, 8, 8, 8};

	return type < sizeof(nbytes) ? nbytes[type] : 0;
}

/* Entry i of the directory. False if its values are not in the file, or of unknown type. */
static bool read_entry(const struct tiff_pages *pages, const struct directory *directory, size_t i,
		       struct entry *entry)
{
	const struct layout *layout = layout_of(pages);
	const size_t at = directory->at + layout->count_nbytes + i * layout->entry_nbytes;
	size_t nbytes;
	uint64_t offset;

	*entry = (struct entry){
		.at = at,
		.tag = (unsigned)number_at(pages, at, 2),
		.type = (unsigned)number_at(pages, at + 2, 2),
		.n = number_at(pages, at + 4, layout->offset_nbytes),
	};
	offset = at + 4 + layout->offset_nbytes;
	if (!type_nbytes(entry->type) ||
	    size_mul_overflows(type_nbytes(entry->type), entry->n, &nbytes))
		return false;
	entry->is_out_there = nbytes > layout->offset_nbytes;
	if (entry->is_out_there)
		offset = number_at(pages, (size_t)offset, layout->offset_nbytes);
	if (!is_there(pages, offset, nbytes))
		return false;
	entry->values = (size_t)offset;
	entry->nbytes = nbytes;
	return true;
}

static bool find_entry(const struct tiff_pages *pages, const struct directory *directory,
		       unsigned tag, struct entry *entry)
{
	for (size_t i = 0; i < directory->n; i++)
		if (read_entry(pages, directory, i, entry) && entry->tag == tag)
			return true;
	*entry = (struct entry){0};
	return false;
}

/* Value i of an entry of whole numbers; i must be less than entry->n. */
static uint64_t value_of(const struct tiff_pages *pages, const struct entry *entry, uint64_t i)
{
	const size_t n = type_nbytes(entry->type);

	return number_at(pages, entry->values + (size_t)i * n, n);
}

static bool is_full_image(const struct tiff_pages *pages, const struct directory *directory)
{
	struct entry entry;

	if (find_entry(pages, directory, TAG_NEW_SUBFILE_TYPE, &entry) && entry.n == 1)
		return !(value_of(pages, &entry, 0) & (NEW_REDUCED | NEW_MASK));
	if (find_entry(pages, directory, TAG_SUBFILE_TYPE, &entry) && entry.n == 1)
		return value_of(pages, &entry, 0) != OLD_REDUCED;
	return true;
}

/* -------------------------------------------------------------------- the chain */

bool tiff_sniff(const uint8_t *bytes, size_t nbytes)
{
	return nbytes >= TIFF_SNIFF_NBYTES &&
	       (memcmp(bytes, "II*\0", 4) == 0 || memcmp(bytes, "MM\0*", 4) == 0 ||
		memcmp(bytes, "II+\0", 4) == 0 || memcmp(bytes, "MM\0+", 4) == 0);
}

enum emnist_status tiff_pages_find(const uint8_t *bytes, size_t nbytes, struct tiff_pages *pages,
				   struct emnist_error *error)
{
	const struct layout *layout;
	size_t n_left = nbytes; /* bytes that directories may take */
	size_t n = 0, n_full = 0;
	uint64_t offset;

	*pages = (struct tiff_pages){
		.bytes = bytes,
		.nbytes = nbytes,
		.little_endian = bytes[0] == 'I',
		.big = bytes[2] == '+' || bytes[3] == '+',
	};
	layout = layout_of(pages);
	if (nbytes < layout->header_nbytes)
		return image_cut_short(error, FORMAT, nbytes);
	pages->first = number_at(pages, layout->header_nbytes - layout->offset_nbytes,
				 layout->offset_nbytes);
	for (offset = pages->first; offset; n++) {
		struct directory directory;

		if (!read_directory(pages, offset, &directory))
			return image_cut_short(error, FORMAT, nbytes);
		if (directory_nbytes(pages, &directory) > n_left)
			return image_corrupt(error, FORMAT, "its list of pages is circular");
		n_left -= directory_nbytes(pages, &directory);
		n_full += is_full_image(pages, &directory);
		offset = directory.next;
	}
	if (n == 0)
		return image_corrupt(error, FORMAT, "it holds no image");
	pages->has_full_images = n_full > 0;
	pages->n = n_full ? n_full : n;
	return EMNIST_OK;
}

uint64_t tiff_pages_next(const struct tiff_pages *pages, uint64_t *next)
{
	struct directory directory;
	uint64_t offset;

	do {
		offset = *next;
		read_directory(pages, offset, &directory);
		*next = directory.next;
	} while (pages->has_full_images && !is_full_image(pages, &directory));
	return offset;
}

/* ------------------------------------------------------------------------ strips */

/* The strips or tiles of a page. */
struct strips {
	struct entry offsets;
	struct entry nbytes;
	uint64_t n;
};

static bool find_strips(const struct tiff_pages *pages, const struct directory *directory,
			struct strips *strips)
{
	const bool has_strips = find_entry(pages, directory, TAG_STRIP_OFFSETS, &strips->offsets) &&
				find_entry(pages, directory, TAG_STRIP_NBYTES, &strips->nbytes);

	if (!has_strips && (!find_entry(pages, directory, TAG_TILE_OFFSETS, &strips->offsets) ||
			    !find_entry(pages, directory, TAG_TILE_NBYTES, &strips->nbytes)))
		return false;
	strips->n = strips->offsets.n < strips->nbytes.n ? strips->offsets.n : strips->nbytes.n;
	return true;
}

/* Strip i; NULL if it is incomplete. */
static const uint8_t *strip_of(const struct tiff_pages *pages, const struct strips *strips,
			       uint64_t i, size_t *nbytes_ret)
{
	const uint64_t offset = value_of(pages, &strips->offsets, i);
	const uint64_t nbytes = value_of(pages, &strips->nbytes, i);

	if (!is_there(pages, offset, nbytes))
		return NULL;
	*nbytes_ret = (size_t)nbytes;
	return pages->bytes + offset;
}

bool tiff_page_is_whole(const struct tiff_pages *pages, uint64_t offset)
{
	struct directory directory;
	struct strips strips;
	size_t nbytes;

	if (!read_directory(pages, offset, &directory))
		return false;
	/* libtiff finds missing lengths itself. */
	if (!find_strips(pages, &directory, &strips))
		return true;
	for (uint64_t i = 0; i < strips.n; i++)
		if (!strip_of(pages, &strips, i, &nbytes))
			return false;
	return true;
}

/* -------------------------------------------------------------------- extraction */

/* A file that is written. */
struct page_writer {
	const struct tiff_pages *pages;
	struct buffer *file;
	size_t start; /* of the file in the buffer */
	uint64_t *room;
	enum emnist_status status;
	struct emnist_error *error;
};

/* Appends n bytes, or zeros if bytes is NULL; returns their offset in the file. */
static size_t append(struct page_writer *writer, const void *bytes, size_t n)
{
	struct buffer *file = writer->file;
	const size_t offset = file->nbytes - writer->start;

	if (writer->status)
		return offset;
	if (n > *writer->room) {
		writer->status = error_set(writer->error, EMNIST_ERR_LIMIT,
					   "its pages overlap; the rest is not read");
		return offset;
	}
	if (!buffer_reserve(file, file->nbytes + n)) {
		writer->status = error_memory(writer->error);
		return offset;
	}
	*writer->room -= n;
	if (bytes)
		memcpy(file->data + file->nbytes, bytes, n);
	else
		memset(file->data + file->nbytes, 0, n);
	file->nbytes += n;
	return offset;
}

/* Overwrites a number of n bytes at an offset of the file. */
static void put_number(struct page_writer *writer, size_t offset, uint64_t value, size_t n)
{
	uint8_t *b;

	if (writer->status)
		return;
	b = writer->file->data + writer->start + offset;
	for (size_t i = 0; i < n; i++)
		b[i] = (uint8_t)(value >> 8 * (writer->pages->little_endian ? i : n - 1 - i));
}

/* The strips, and an entry of their offsets in place of the one at entry_at. */
static void put_strips(struct page_writer *writer, const struct strips *strips, size_t entry_at)
{
	const struct layout *layout = layout_of(writer->pages);
	const size_t n = layout->offset_nbytes;
	size_t values = entry_at + 4 + n;

	put_number(writer, entry_at + 2, writer->pages->big ? TYPE_LONG8 : TYPE_LONG, 2);
	put_number(writer, entry_at + 4, strips->n, n);
	if (strips->n > 1) {
		const size_t place = append(writer, NULL, (size_t)strips->n * n);

		put_number(writer, values, place, n);
		values = place;
	}
	for (uint64_t i = 0; i < strips->n && !writer->status; i++) {
		size_t nbytes;
		const uint8_t *bytes = strip_of(writer->pages, strips, i, &nbytes);

		if (bytes)
			put_number(writer, values + (size_t)i * n, append(writer, bytes, nbytes),
				   n);
		else
			writer->status =
				image_cut_short(writer->error, FORMAT, writer->pages->nbytes);
	}
}

/* Copies the values of the entry at entry_at if they do not fit into it. */
static void put_values(struct page_writer *writer, const struct entry *entry, size_t entry_at)
{
	const size_t n = layout_of(writer->pages)->offset_nbytes;

	if (entry->is_out_there)
		put_number(writer, entry_at + 4 + n,
			   append(writer, writer->pages->bytes + entry->values, entry->nbytes), n);
}

/* Whether it refers to something that is not copied. */
static bool is_left_behind(const struct entry *entry)
{
	return entry->tag == TAG_SUB_DIRECTORIES || entry->tag == TAG_EXIF ||
	       entry->tag == TAG_GPS || entry->tag == TAG_INTEROPERABILITY;
}

static size_t count_kept(const struct tiff_pages *pages, const struct directory *directory)
{
	struct entry entry;
	size_t n = 0;

	for (size_t i = 0; i < directory->n; i++)
		n += read_entry(pages, directory, i, &entry) && !is_left_behind(&entry);
	return n;
}

/* Writes the header and the directory, whose values may still be elsewhere. Returns the position of
 * the first entry. */
static size_t put_directory(struct page_writer *writer, const struct directory *directory)
{
	const struct tiff_pages *pages = writer->pages;
	const struct layout *layout = layout_of(pages);
	const size_t n = count_kept(pages, directory);
	size_t first;

	append(writer, pages->bytes, layout->header_nbytes);
	put_number(writer, layout->header_nbytes - layout->offset_nbytes, layout->header_nbytes,
		   layout->offset_nbytes);
	first = append(writer, NULL, layout->count_nbytes) + layout->count_nbytes;
	put_number(writer, layout->header_nbytes, n, layout->count_nbytes);
	for (size_t i = 0; i < directory->n; i++) {
		struct entry entry;

		if (read_entry(pages, directory, i, &entry) && !is_left_behind(&entry))
			append(writer, pages->bytes + entry.at, layout->entry_nbytes);
	}
	append(writer, NULL, layout->offset_nbytes);
	return first;
}

enum emnist_status tiff_page_extract(const struct tiff_pages *pages, uint64_t offset,
				     struct buffer *file, uint64_t *room,
				     struct emnist_error *error)
{
	const struct layout *layout = layout_of(pages);
	struct page_writer writer = {
		.pages = pages, .file = file, .start = file->nbytes, .room = room, .error = error};
	struct directory directory;
	struct strips strips;
	size_t at;

	read_directory(pages, offset, &directory);
	if (!find_strips(pages, &directory, &strips))
		return image_corrupt(error, FORMAT, "a page does not record where its pixels are");
	at = put_directory(&writer, &directory);
	for (size_t i = 0; i < directory.n && !writer.status; i++) {
		struct entry entry;

		if (!read_entry(pages, &directory, i, &entry) || is_left_behind(&entry))
			continue;
		if (entry.at == strips.offsets.at)
			put_strips(&writer, &strips, at);
		else
			put_values(&writer, &entry, at);
		at += layout->entry_nbytes;
	}
	if (!writer.status && !pages->big && file->nbytes - writer.start > UINT32_MAX)
		return error_set(error, EMNIST_ERR_LIMIT, "a page is larger than 4 GiB");
	return writer.status;
}

/* -------------------------------------------------------------------------- queue */

enum emnist_status tiff_queue_begin(struct tiff_queue *queue, struct emnist_error *error)
{
	const enum emnist_status status =
		tiff_pages_find(queue->file.data, queue->file.nbytes, &queue->pages, error);

	queue->n_taken = 0;
	if (status)
		queue->pages.n = 0;
	queue->next = queue->pages.first;
	queue->room = 2 * (uint64_t)queue->file.nbytes + SPARE_NBYTES;
	return status;
}

bool tiff_queue_has_next(const struct tiff_queue *queue)
{
	return queue->n_taken < queue->pages.n;
}

enum emnist_status tiff_queue_next(struct tiff_queue *queue, struct buffer *file,
				   struct emnist_error *error)
{
	const uint64_t directory = tiff_pages_next(&queue->pages, &queue->next);
	enum emnist_status status;

	queue->n_taken++;
	file->nbytes = 0;
	status = tiff_page_extract(&queue->pages, directory, file, &queue->room, error);
	if (status == EMNIST_ERR_LIMIT)
		queue->n_taken = queue->pages.n;
	return status;
}

void tiff_queue_clear(struct tiff_queue *queue)
{
	buffer_clear(&queue->file);
	*queue = (struct tiff_queue){.n_taken = 0};
}
