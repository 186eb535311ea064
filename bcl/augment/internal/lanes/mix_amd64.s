//go:build !purego

#include "textflag.h"

DATA most<>+0(SB)/4, $0x437f0000 // 255
GLOBL most<>(SB), RODATA|NOPTR, $4

// The order of groups of four bytes after VPACKSSDW and VPACKUSWB.
DATA order<>+0(SB)/8, $0x0000000400000000
DATA order<>+8(SB)/8, $0x0000000500000001
DATA order<>+16(SB)/8, $0x0000000600000002
DATA order<>+24(SB)/8, $0x0000000700000003
GLOBL order<>(SB), RODATA|NOPTR, $32

// The second operand of VMAXPS is the result if the first is not a number.
#define BLEND(IN, OUT) \
	VPMOVZXBD  IN, OUT        \
	VCVTDQ2PS  OUT, OUT       \
	VSUBPS     Y15, OUT, OUT  \
	VMULPS     Y14, OUT, OUT  \
	VADDPS     OUT, Y15, OUT  \
	VMAXPS     Y12, OUT, OUT  \
	VMINPS     Y13, OUT, OUT  \
	VCVTTPS2DQ OUT, OUT

// func mixAVX2(p *uint8, n int, from, factor float32)
TEXT ·mixAVX2(SB), NOSPLIT, $0-24
	MOVQ         p+0(FP), DI
	MOVQ         n+8(FP), CX
	VBROADCASTSS from+16(FP), Y15
	VBROADCASTSS factor+20(FP), Y14
	VBROADCASTSS most<>(SB), Y13
	VXORPS       Y12, Y12, Y12
	VMOVDQU      order<>(SB), Y11

part:
	BLEND((DI), Y0)
	BLEND(8(DI), Y1)
	BLEND(16(DI), Y2)
	BLEND(24(DI), Y3)
	VPACKSSDW Y1, Y0, Y0
	VPACKSSDW Y3, Y2, Y2
	VPACKUSWB Y2, Y0, Y0
	VPERMD    Y0, Y11, Y0
	VMOVDQU   Y0, (DI)
	ADDQ      $32, DI
	SUBQ      $32, CX
	JNZ       part
	VZEROUPPER
	RET
