//go:build !purego

#include "textflag.h"

// The bytes of four pixels as 16-bit numbers: R R R R G G G G in the lower half of a
// register, B B B B 0 0 0 0 in the upper.
DATA channels<>+0(SB)/8, $0x8009800680038000
DATA channels<>+8(SB)/8, $0x800a800780048001
DATA channels<>+16(SB)/8, $0x800b800880058002
DATA channels<>+24(SB)/8, $0x8080808080808080
GLOBL channels<>(SB), RODATA|NOPTR, $32

DATA half<>+0(SB)/4, $0x00200000 // 1/2 with 22 fraction bits
GLOBL half<>(SB), RODATA|NOPTR, $4

// Adds a group of four inputs, at IN, to the sums of a row. Y8 and Y9 are the upper and lower
// bits of the weights.
#define ROW(IN, UPPER, LOWER) \
	VBROADCASTI128 IN, Y10        \
	VPSHUFB        Y15, Y10, Y10  \
	VPMADDWD       Y8, Y10, Y11   \
	VPMADDWD       Y9, Y10, Y12   \
	VPADDD         Y11, UPPER, UPPER \
	VPADDD         Y12, LOWER, LOWER

#define JOIN(UPPER, LOWER) \
	VPSLLD $12, UPPER, UPPER \
	VPADDD LOWER, UPPER, UPPER

// func acrossAVX2(dst *uint8, to int, src *uint8, from int, first *int, n int, split *int16, groups int)
TEXT ·acrossAVX2(SB), NOSPLIT, $0-64
	MOVQ         dst+0(FP), DI
	MOVQ         to+8(FP), R8
	LEAQ         (R8)(R8*2), R9
	MOVQ         src+16(FP), SI
	MOVQ         from+24(FP), R10
	LEAQ         (R10)(R10*2), R11
	MOVQ         first+32(FP), BX
	MOVQ         n+40(FP), CX
	MOVQ         split+48(FP), DX
	MOVQ         groups+56(FP), R12
	VMOVDQU      channels<>(SB), Y15
	VPBROADCASTD half<>(SB), Y14

pixel:
	MOVQ  (BX), AX
	ADDQ  $8, BX
	LEAQ  (AX)(AX*2), AX
	ADDQ  SI, AX
	MOVQ  R12, R13
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	VPXOR Y2, Y2, Y2
	VPXOR Y3, Y3, Y3
	VPXOR Y4, Y4, Y4
	VPXOR Y5, Y5, Y5
	VPXOR Y6, Y6, Y6
	VPXOR Y7, Y7, Y7

group:
	VPBROADCASTQ (DX), Y8
	VPBROADCASTQ 8(DX), Y9
	ROW((AX), Y0, Y1)
	ROW((AX)(R10*1), Y2, Y3)
	ROW((AX)(R10*2), Y4, Y5)
	ROW((AX)(R11*1), Y6, Y7)
	ADDQ         $16, DX
	ADDQ         $12, AX
	DECQ         R13
	JNZ          group

	JOIN(Y0, Y1)
	JOIN(Y2, Y3)
	JOIN(Y4, Y5)
	JOIN(Y6, Y7)

	// Each sum is in two parts, side by side.
	VPHADDD Y2, Y0, Y0
	VPHADDD Y6, Y4, Y4
	VPADDD  Y14, Y0, Y0
	VPADDD  Y14, Y4, Y4
	VPSRAD  $22, Y0, Y0
	VPSRAD  $22, Y4, Y4

	// R G of the four rows in the lower half, B 0 in the upper.
	VPACKSSDW    Y4, Y0, Y0
	VPACKUSWB    Y0, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPUNPCKLWD   X1, X0, X0
	VMOVD        X0, (DI)
	VPEXTRD      $1, X0, (DI)(R8*1)
	VPEXTRD      $2, X0, (DI)(R8*2)
	VPEXTRD      $3, X0, (DI)(R9*1)
	ADDQ         $3, DI
	DECQ         CX
	JNZ          pixel
	VZEROUPPER
	RET
