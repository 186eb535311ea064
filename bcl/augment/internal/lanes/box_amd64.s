//go:build !purego

#include "textflag.h"

DATA half<>+0(SB)/4, $0x00800000 // 1/2 with 24 fraction bits
GLOBL half<>(SB), RODATA|NOPTR, $4

// Turns pairs of an inner and an outer sum into results.
#define WEIGH(PAIRS) \
	VPMADDWD Y14, PAIRS, Y4    \
	VPMADDWD Y13, PAIRS, PAIRS \
	VPSLLD   $12, Y4, Y4       \
	VPADDD   Y15, PAIRS, PAIRS \
	VPADDD   Y4, PAIRS, PAIRS  \
	VPSRLD   $24, PAIRS, PAIRS

// func boxAVX2(out *uint8, n int, in *uint8, step, inner int, upper, lower uint32)
TEXT ·boxAVX2(SB), NOSPLIT, $0-48
	MOVQ         out+0(FP), DI
	MOVQ         n+8(FP), CX
	MOVQ         in+16(FP), SI
	MOVQ         step+24(FP), R8
	MOVQ         inner+32(FP), R9
	MOVL         upper+40(FP), AX
	VMOVD        AX, X14
	VPBROADCASTD X14, Y14
	MOVL         lower+44(FP), AX
	VMOVD        AX, X13
	VPBROADCASTD X13, Y13
	VPBROADCASTD half<>(SB), Y15

part:
	VPMOVZXBW (SI), Y0
	LEAQ      (SI)(R8*1), AX
	VPMOVZXBW (AX), Y1
	ADDQ      R8, AX
	MOVQ      R9, R10
	DECQ      R10
	JZ        outer

inner:
	VPMOVZXBW (AX), Y2
	ADDQ      R8, AX
	VPADDW    Y2, Y1, Y1
	DECQ      R10
	JNZ       inner

outer:
	VPMOVZXBW    (AX), Y2
	VPADDW       Y2, Y0, Y0
	VPUNPCKLWD   Y0, Y1, Y2
	VPUNPCKHWD   Y0, Y1, Y3
	WEIGH(Y2)
	WEIGH(Y3)
	VPACKUSDW    Y3, Y2, Y2
	VEXTRACTI128 $1, Y2, X3
	VPACKUSWB    X3, X2, X2
	VMOVDQU      X2, (DI)
	ADDQ         $16, DI
	ADDQ         $16, SI
	SUBQ         $16, CX
	JNZ          part
	VZEROUPPER
	RET
