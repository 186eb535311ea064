//go:build !purego

#include "textflag.h"
#include "pixels_amd64.h"

RED
GREEN
BLUE
PIXELS

// R G and G B of each pixel as 16-bit numbers.
BOTH(redGreen, $0x8004800380018000, $0x800a800980078006)
BOTH(greenBlue, $0x8005800480028001, $0x800b800a80088007)

// The lowest byte of each 32-bit number, three times.
BOTH(thrice, $0x0808040404000000, $0x808080800c0c0c08)

// The weights of R and half of G, and of half of G and B.
DATA first<>+0(SB)/4, $0x4b234c8b
GLOBL first<>(SB), RODATA|NOPTR, $4
DATA second<>+0(SB)/4, $0x1d2f4b23
GLOBL second<>(SB), RODATA|NOPTR, $4
DATA half<>+0(SB)/4, $0x8000 // 1/2 with 16 fraction bits
GLOBL half<>(SB), RODATA|NOPTR, $4
DATA most<>+0(SB)/4, $0x437f0000 // 255
GLOBL most<>(SB), RODATA|NOPTR, $4

#define WEIGHTS \
	VMOVDQU      redGreen<>(SB), Y15  \
	VMOVDQU      greenBlue<>(SB), Y14 \
	VPBROADCASTD first<>(SB), Y13     \
	VPBROADCASTD second<>(SB), Y12    \
	VPBROADCASTD half<>(SB), Y11

// The grey levels of the pixels Y0. Y1 is changed.
#define LUMA(OUT) \
	VPSHUFB  Y15, Y0, Y1    \
	VPSHUFB  Y14, Y0, OUT   \
	VPMADDWD Y13, Y1, Y1    \
	VPMADDWD Y12, OUT, OUT  \
	VPADDD   Y11, Y1, Y1    \
	VPADDD   Y1, OUT, OUT   \
	VPSRLD   $16, OUT, OUT

// func sumLumaAVX2(p *uint8, n int) int
TEXT ·sumLumaAVX2(SB), NOSPLIT, $0-24
	MOVQ  p+0(FP), DI
	MOVQ  n+8(FP), CX
	WEIGHTS
	VPXOR Y3, Y3, Y3
	VPXOR Y4, Y4, Y4

group:
	LOAD(X0, Y0)
	LUMA(Y2)
	VPSADBW Y4, Y2, Y2
	VPADDQ  Y2, Y3, Y3
	ADDQ    $24, DI
	DECQ    CX
	JNZ     group

	VEXTRACTI128 $1, Y3, X4
	VPADDQ       X4, X3, X3
	VPSRLDQ      $8, X3, X4
	VPADDQ       X4, X3, X3
	VMOVQ        X3, AX
	VZEROUPPER
	MOVQ         AX, ret+16(FP)
	RET

// func greyAVX2(p *uint8, n int)
TEXT ·greyAVX2(SB), NOSPLIT, $0-16
	MOVQ    p+0(FP), DI
	MOVQ    n+8(FP), CX
	WEIGHTS
	VMOVDQU thrice<>(SB), Y3

group:
	LOAD(X0, Y0)
	LUMA(Y2)
	VPSHUFB Y3, Y2, Y2
	STORE(X2, Y2)
	ADDQ    $24, DI
	DECQ    CX
	JNZ     group
	VZEROUPPER
	RET

// Blends a channel of the pixels Y0 with the grey levels Y2. The second operand of VMAXPS is
// the result if the first is not a number.
#define BLEND(CHANNEL, OUT) \
	VPSHUFB    CHANNEL<>(SB), Y0, OUT \
	VCVTDQ2PS  OUT, OUT               \
	VSUBPS     Y2, OUT, OUT           \
	VMULPS     Y10, OUT, OUT          \
	VADDPS     OUT, Y2, OUT           \
	VMAXPS     Y8, OUT, OUT           \
	VMINPS     Y9, OUT, OUT           \
	VCVTTPS2DQ OUT, OUT

// func saturateAVX2(p *uint8, n int, factor float32)
TEXT ·saturateAVX2(SB), NOSPLIT, $0-20
	MOVQ         p+0(FP), DI
	MOVQ         n+8(FP), CX
	VBROADCASTSS factor+16(FP), Y10
	VBROADCASTSS most<>(SB), Y9
	VXORPS       Y8, Y8, Y8
	WEIGHTS

group:
	LOAD(X0, Y0)
	LUMA(Y2)
	VCVTDQ2PS Y2, Y2
	BLEND(red, Y5)
	BLEND(green, Y6)
	BLEND(blue, Y7)
	VPSLLD  $8, Y6, Y6
	VPSLLD  $16, Y7, Y7
	VPOR    Y6, Y5, Y5
	VPOR    Y7, Y5, Y5
	VPSHUFB pixels<>(SB), Y5, Y5
	STORE(X5, Y5)
	ADDQ    $24, DI
	DECQ    CX
	JNZ     group
	VZEROUPPER
	RET
