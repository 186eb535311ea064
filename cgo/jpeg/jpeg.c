#if !__has_include(<jpeglib.h>)
#error "jpeglib.h is missing: install libjpeg-turbo's headers and static library (apt-get install libjpeg-dev), or build with -tags nolibjpeg for Go's decoder"
#endif

#include "jpeg.h"

#include <stdio.h> // jpeglib.h needs it
#include <setjmp.h>
#include <string.h>

#include <jpeglib.h>

// A file can make each scan go over all pixels for a few bytes; the limit is the one of
// libjpeg-turbo's own fuzzers. Encoders write up to about 12.
enum { MAX_SCANS = 500 };

typedef struct {
	struct jpeg_error_mgr error; // first, so that a pointer to it is one to state
	struct jpeg_source_mgr source;
	struct jpeg_progress_mgr progress;
	struct jpeg_decompress_struct d;
	jmp_buf jump;
	int rows_done; // whether all rows are out: what is missing behind them does not matter
	int result;
	char *message;
} state;

static state *of(j_common_ptr c) { return (state *)c->err; }

static void say(state *s, const char *message) { snprintf(s->message, BJ_MESSAGE, "%s", message); }

static void leave(state *s, int result, const char *message) {
	s->result = result;
	say(s, message);
	longjmp(s->jump, 1);
}

static void error_exit(j_common_ptr c) {
	char message[JMSG_LENGTH_MAX];
	c->err->format_message(c, message);
	leave(of(c), BJ_ERROR, message);
}

// emit_message counts warnings, which are about damaged data, and keeps the first.
static void emit_message(j_common_ptr c, int level) {
	if (level >= 0) return;
	if (c->err->num_warnings++ == 0) {
		char message[JMSG_LENGTH_MAX];
		c->err->format_message(c, message);
		say(of(c), message);
	}
}

static void output_message(j_common_ptr c) { (void)c; }

// The source has all data from the start: wanting more means that they end early.
static void nothing(j_decompress_ptr d) { (void)d; }

static boolean fill(j_decompress_ptr d) {
	state *s = of((j_common_ptr)d);
	if (!s->rows_done) leave(s, BJ_TRUNCATED, "data end early");
	if (s->error.num_warnings++ == 0) say(s, "no end marker");
	longjmp(s->jump, 1);
}

static void skip(j_decompress_ptr d, long n) {
	if (n <= 0) return;
	if ((size_t)n > d->src->bytes_in_buffer) fill(d);
	d->src->next_input_byte += n;
	d->src->bytes_in_buffer -= n;
}

static void watch(j_common_ptr c) {
	state *s = of(c);
	if (s->d.input_scan_number > MAX_SCANS) {
		char message[80];
		snprintf(message, sizeof message, "more than %d scans", MAX_SCANS);
		leave(s, BJ_ERROR, message);
	}
}

// start creates the decoder and reads the header. The caller has set jump.
static void start(state *s, const unsigned char *data, size_t n) {
	jpeg_create_decompress(&s->d);
	s->d.progress = &s->progress;
	s->source.next_input_byte = data;
	s->source.bytes_in_buffer = n;
	s->source.init_source = nothing;
	s->source.fill_input_buffer = fill;
	s->source.skip_input_data = skip;
	s->source.resync_to_restart = jpeg_resync_to_restart;
	s->source.term_source = nothing;
	s->d.src = &s->source;
	jpeg_read_header(&s->d, TRUE);
}

static void init(state *s, char *message) {
	memset(s, 0, sizeof *s);
	s->d.err = jpeg_std_error(&s->error);
	s->error.error_exit = error_exit;
	s->error.emit_message = emit_message;
	s->error.output_message = output_message;
	s->progress.progress_monitor = watch;
	s->message = message;
	message[0] = 0;
}

static void describe(const state *s, bj_header *h) {
	h->width = s->d.image_width;
	h->height = s->d.image_height;
	h->components = s->d.num_components;
}

int bj_read_header(const unsigned char *data, size_t n, bj_header *header, char *message) {
	state s;
	init(&s, message);
	if (setjmp(s.jump) == 0) {
		start(&s, data, n);
		describe(&s, header);
	}
	jpeg_destroy_decompress(&s.d);
	return s.result;
}

int bj_decode(const unsigned char *data, size_t n, const bj_header *header, unsigned char *out, long *damage, char *message) {
	state s;
	init(&s, message);
	if (setjmp(s.jump) == 0) {
		start(&s, data, n);
		bj_header now;
		describe(&s, &now);
		if (memcmp(&now, header, sizeof now) != 0) leave(&s, BJ_ERROR, "not the data of this header");
		size_t stride = (size_t)now.width * (now.components == 4 ? 4 : 3);
		s.d.out_color_space = now.components == 4 ? JCS_CMYK : JCS_RGB;
		jpeg_start_decompress(&s.d);
		while (s.d.output_scanline < s.d.output_height) {
			JSAMPROW row = out + s.d.output_scanline * stride;
			jpeg_read_scanlines(&s.d, &row, 1);
		}
		s.rows_done = 1;
		jpeg_finish_decompress(&s.d); // reads to the end marker
	}
	*damage = s.error.num_warnings;
	jpeg_destroy_decompress(&s.d);
	return s.result;
}

#define TEXT(x) #x
#define QUOTED(x) TEXT(x)

const char *bj_version(void) {
#ifdef LIBJPEG_TURBO_VERSION
	return "libjpeg-turbo " QUOTED(LIBJPEG_TURBO_VERSION);
#else
	return "libjpeg " QUOTED(JPEG_LIB_VERSION);
#endif
}
