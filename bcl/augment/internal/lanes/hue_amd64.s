//go:build !purego

#include "textflag.h"
#include "pixels_amd64.h"

RED
GREEN
BLUE
PIXELS

// The hue in sixths of the circle is start + sign*x. By the strongest channel, red, green or
// blue, twice each: the first if G <= B (red), R <= B (green), R <= G (blue).
DATA start<>+0(SB)/4, $0xbf800000  // -1
DATA start<>+4(SB)/4, $0x3f800000  // 1
DATA start<>+8(SB)/4, $0x40400000  // 3
DATA start<>+12(SB)/4, $0x3f800000 // 1
DATA start<>+16(SB)/4, $0x40400000 // 3
DATA start<>+20(SB)/4, $0x40a00000 // 5
DATA start<>+24(SB)/4, $0
DATA start<>+28(SB)/4, $0
GLOBL start<>(SB), RODATA|NOPTR, $32
DATA sign<>+0(SB)/4, $0
DATA sign<>+4(SB)/4, $0x80000000
DATA sign<>+8(SB)/4, $0x80000000
DATA sign<>+12(SB)/4, $0
DATA sign<>+16(SB)/4, $0
DATA sign<>+20(SB)/4, $0x80000000
DATA sign<>+24(SB)/4, $0
DATA sign<>+28(SB)/4, $0
GLOBL sign<>(SB), RODATA|NOPTR, $32

// By the sixth of the circle: which byte is R, G, B when byte 0 is the strongest channel, 1
// the weakest, 2 the one between. The circle's end is its start.
DATA places<>+0(SB)/4, $0x80010200
DATA places<>+4(SB)/4, $0x80010002
DATA places<>+8(SB)/4, $0x80020001
DATA places<>+12(SB)/4, $0x80000201
DATA places<>+16(SB)/4, $0x80000102
DATA places<>+20(SB)/4, $0x80020100
DATA places<>+24(SB)/4, $0x80010200
DATA places<>+28(SB)/4, $0
GLOBL places<>(SB), RODATA|NOPTR, $32

// Where the bytes of each pixel start.
BOTH(starts, $0x0404040400000000, $0x0c0c0c0c08080808)

// Single numbers.
DATA one<>+0(SB)/4, $1
GLOBL one<>(SB), RODATA|NOPTR, $4
DATA two<>+0(SB)/4, $2
GLOBL two<>(SB), RODATA|NOPTR, $4
DATA four<>+0(SB)/4, $4
GLOBL four<>(SB), RODATA|NOPTR, $4
DATA byte<>+0(SB)/4, $255
GLOBL byte<>(SB), RODATA|NOPTR, $4
DATA sixths<>+0(SB)/4, $1544 // 65536*6/255, rounded up
GLOBL sixths<>(SB), RODATA|NOPTR, $4
DATA steps<>+0(SB)/4, $85 // of 2*H in a sixth
GLOBL steps<>(SB), RODATA|NOPTR, $4
DATA half<>+0(SB)/4, $0x3f000000 // 1/2
GLOBL half<>(SB), RODATA|NOPTR, $4
DATA unit<>+0(SB)/4, $0x3f800000 // 1
GLOBL unit<>(SB), RODATA|NOPTR, $4
DATA six<>+0(SB)/4, $0x40c00000 // 6
GLOBL six<>(SB), RODATA|NOPTR, $4
DATA most<>+0(SB)/4, $0x437f0000 // 255
GLOBL most<>(SB), RODATA|NOPTR, $4
DATA step<>+0(SB)/4, $0x3c40c0c1 // 1/85
GLOBL step<>(SB), RODATA|NOPTR, $4
DATA least<>+0(SB)/4, $0x3b808081 // 1/255
GLOBL least<>(SB), RODATA|NOPTR, $4

// func hueAVX2(p *uint8, n int, shift uint32)
TEXT ·hueAVX2(SB), NOSPLIT, $0-20
	MOVQ         p+0(FP), DI
	MOVQ         n+8(FP), CX
	MOVL         shift+16(FP), AX
	VMOVD        AX, X15
	VPBROADCASTD X15, Y15
	VBROADCASTSS most<>(SB), Y14
	VBROADCASTSS unit<>(SB), Y13
	VPBROADCASTD one<>(SB), Y12

group:
	LOAD(X3, Y3)
	VPSHUFB red<>(SB), Y3, Y0
	VPSHUFB green<>(SB), Y3, Y1
	VPSHUFB blue<>(SB), Y3, Y2

	// Y3 strongest, Y4 chroma, Y5 strongest - middle.
	VPMAXSD Y1, Y0, Y3
	VPMAXSD Y2, Y3, Y3
	VPMINSD Y1, Y0, Y4
	VPMINSD Y2, Y4, Y4
	VPADDD  Y1, Y0, Y5
	VPADDD  Y2, Y5, Y5
	VPSUBD  Y3, Y5, Y5
	VPSUBD  Y4, Y5, Y5
	VPSUBD  Y5, Y3, Y5
	VPSUBD  Y4, Y3, Y4

	// Y6 which channel is the strongest and how the others compare: the index of start.
	VPCMPEQD     Y0, Y3, Y6
	VPCMPEQD     Y1, Y3, Y7
	VPCMPGTD     Y2, Y1, Y8
	VPCMPGTD     Y2, Y0, Y9
	VPCMPGTD     Y1, Y0, Y10
	VPBLENDVB    Y7, Y9, Y10, Y10
	VPBLENDVB    Y6, Y8, Y10, Y10
	VPBROADCASTD four<>(SB), Y8
	VPBROADCASTD two<>(SB), Y9
	VPBLENDVB    Y7, Y9, Y8, Y8
	VPANDN       Y8, Y6, Y6
	VPSUBD       Y10, Y6, Y6

	// Y1 hue, Y2 saturation. Grey is divided by 1 instead of 0: its saturation is 0.
	VPMAXSD      Y12, Y4, Y7
	VCVTDQ2PS    Y7, Y7
	VCVTDQ2PS    Y5, Y5
	VDIVPS       Y7, Y5, Y5
	VMOVDQU      sign<>(SB), Y8
	VPERMD       Y8, Y6, Y8
	VMOVDQU      start<>(SB), Y9
	VPERMD       Y9, Y6, Y9
	VXORPS       Y8, Y5, Y5
	VADDPS       Y5, Y9, Y5
	VBROADCASTSS six<>(SB), Y8
	VDIVPS       Y8, Y5, Y5
	VPSRAD       $31, Y5, Y8
	VANDPS       Y13, Y8, Y8
	VADDPS       Y8, Y5, Y5
	VMULPS       Y14, Y5, Y5
	VCVTTPS2DQ   Y5, Y1
	VPADDD       Y15, Y1, Y1
	VPBROADCASTD byte<>(SB), Y8
	VPAND        Y8, Y1, Y1
	VPMAXSD      Y12, Y3, Y5
	VCVTDQ2PS    Y5, Y5
	VCVTDQ2PS    Y4, Y4
	VDIVPS       Y5, Y4, Y4
	VMULPS       Y14, Y4, Y4
	VCVTTPS2DQ   Y4, Y2
	VCVTDQ2PS    Y2, Y2
	VBROADCASTSS least<>(SB), Y4
	VMULPS       Y4, Y2, Y2

	// Y4 sixth of the circle, Y5 share of the channel between: falling in odd sixths, rising
	// in even ones.
	VPBROADCASTD sixths<>(SB), Y4
	VPMULLD      Y1, Y4, Y4
	VPSRLD       $16, Y4, Y4
	VPBROADCASTD steps<>(SB), Y5
	VPMULLD      Y4, Y5, Y5
	VPADDD       Y1, Y1, Y1
	VPSUBD       Y5, Y1, Y5
	VCVTDQ2PS    Y5, Y5
	VBROADCASTSS step<>(SB), Y6
	VMULPS       Y6, Y5, Y5
	VSUBPS       Y5, Y13, Y6
	VPSLLD       $31, Y4, Y7
	VBLENDVPS    Y7, Y5, Y6, Y5

	// The strongest channel less its share, rounded: Y5 the one between, Y6 the weakest.
	VCVTDQ2PS    Y3, Y6
	VBROADCASTSS half<>(SB), Y7
	VADDPS       Y6, Y7, Y7
	VMULPS       Y2, Y5, Y5
	VMULPS       Y6, Y5, Y5
	VSUBPS       Y5, Y7, Y5
	VMULPS       Y2, Y6, Y6
	VSUBPS       Y6, Y7, Y6
	VCVTTPS2DQ   Y5, Y5
	VCVTTPS2DQ   Y6, Y6
	VPSLLD       $16, Y5, Y5
	VPSLLD       $8, Y6, Y6
	VPOR         Y5, Y3, Y3
	VPOR         Y6, Y3, Y3

	// Into their places.
	VMOVDQU      places<>(SB), Y5
	VPERMD       Y5, Y4, Y4
	VPADDB       starts<>(SB), Y4, Y4
	VPSHUFB      Y4, Y3, Y3
	VPSHUFB      pixels<>(SB), Y3, Y3
	STORE(X3, Y3)
	ADDQ         $24, DI
	DECQ         CX
	JNZ          group
	VZEROUPPER
	RET
