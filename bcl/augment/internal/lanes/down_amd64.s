//go:build !purego

#include "textflag.h"

DATA half<>+0(SB)/4, $0x00200000 // 1/2 with 22 fraction bits
GLOBL half<>(SB), RODATA|NOPTR, $4

// The order of groups of four bytes after VPACKSSDW and VPACKUSWB.
DATA order<>+0(SB)/8, $0x0000000400000000
DATA order<>+8(SB)/8, $0x0000000500000001
DATA order<>+16(SB)/8, $0x0000000600000002
DATA order<>+24(SB)/8, $0x0000000700000003
GLOBL order<>(SB), RODATA|NOPTR, $32

#define ADD(IN, SUM) \
	VPMOVZXBD IN, Y4       \
	VPMULLD   Y8, Y4, Y4   \
	VPADDD    Y4, SUM, SUM

// func downAVX2(out *uint8, n int, rows *uint8, at *int, weight *int64, taps int)
TEXT ·downAVX2(SB), NOSPLIT, $0-48
	MOVQ         out+0(FP), DI
	MOVQ         n+8(FP), CX
	MOVQ         rows+16(FP), SI
	MOVQ         at+24(FP), BX
	MOVQ         weight+32(FP), DX
	MOVQ         taps+40(FP), R8
	VPBROADCASTD half<>(SB), Y14
	VMOVDQU      order<>(SB), Y15

part:
	VMOVDQA Y14, Y0
	VMOVDQA Y14, Y1
	VMOVDQA Y14, Y2
	VMOVDQA Y14, Y3
	XORQ    R9, R9

tap:
	MOVQ         (BX)(R9*8), AX
	VPBROADCASTD (DX)(R9*8), Y8
	ADDQ         SI, AX
	ADD((AX), Y0)
	ADD(8(AX), Y1)
	ADD(16(AX), Y2)
	ADD(24(AX), Y3)
	INCQ         R9
	CMPQ         R9, R8
	JLT          tap

	VPSRAD    $22, Y0, Y0
	VPSRAD    $22, Y1, Y1
	VPSRAD    $22, Y2, Y2
	VPSRAD    $22, Y3, Y3
	VPACKSSDW Y1, Y0, Y0
	VPACKSSDW Y3, Y2, Y2
	VPACKUSWB Y2, Y0, Y0
	VPERMD    Y0, Y15, Y0
	VMOVDQU   Y0, (DI)
	ADDQ      $32, DI
	ADDQ      $32, SI
	SUBQ      $32, CX
	JNZ       part
	VZEROUPPER
	RET
