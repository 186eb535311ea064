// libjpeg-turbo's decoder over data in memory. Both functions return 0, or another number
// with a message; neither keeps a pointer.
#ifndef BCL_JPEG_H
#define BCL_JPEG_H

#include <stddef.h>

#define BJ_MESSAGE 200 // bytes of a message with its final 0, JMSG_LENGTH_MAX

enum { BJ_OK, BJ_ERROR, BJ_TRUNCATED };

typedef struct {
	int width, height, components; // components: 1, 3 or 4
} bj_header;

// bj_read_header reads up to the first scan.
int bj_read_header(const unsigned char *data, size_t n, bj_header *header, char *message);

// bj_decode writes width * height pixels to out: R, G, B, or for 4 components C, M, Y, K as
// stored. header is what bj_read_header gave for the same data. damage counts what libjpeg
// warns of, the first time in message.
int bj_decode(const unsigned char *data, size_t n, const bj_header *header, unsigned char *out, long *damage, char *message);

const char *bj_version(void);

#endif
