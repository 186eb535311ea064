//go:build !purego

#include "textflag.h"

// Y2 and Y3 become the weight Y8 times the inputs at AX and BX.
#define PAIR \
	VMOVUPS (AX), Y2         \
	VMOVUPS 32(AX), Y3       \
	VADDPS  (BX), Y2, Y2     \
	VADDPS  32(BX), Y3, Y3   \
	VMULPS  Y8, Y2, Y2       \
	VMULPS  Y8, Y3, Y3

// func convolveAVX2(out *float32, n int, in *float32, step int, half *float32, reach int)
TEXT ·convolveAVX2(SB), NOSPLIT, $0-48
	MOVQ out+0(FP), DI
	MOVQ n+8(FP), CX
	MOVQ in+16(FP), SI
	MOVQ step+24(FP), R8
	MOVQ half+32(FP), DX
	MOVQ reach+40(FP), R9

part:
	VBROADCASTSS (DX), Y8
	VMULPS       (SI), Y8, Y0
	VMULPS       32(SI), Y8, Y1
	MOVQ         SI, AX
	MOVQ         SI, BX
	MOVQ         $1, R10

pairs:
	CMPQ         R10, R9
	JGE          last
	SUBQ         R8, AX
	ADDQ         R8, BX
	VBROADCASTSS (DX)(R10*4), Y8
	PAIR
	VMOVAPS      Y2, Y4
	VMOVAPS      Y3, Y5
	SUBQ         R8, AX
	ADDQ         R8, BX
	VBROADCASTSS 4(DX)(R10*4), Y8
	PAIR
	VADDPS       Y2, Y4, Y2
	VADDPS       Y3, Y5, Y3
	VADDPS       Y2, Y0, Y0
	VADDPS       Y3, Y1, Y1
	ADDQ         $2, R10
	JMP          pairs

last:
	JNE          store
	SUBQ         R8, AX
	ADDQ         R8, BX
	VBROADCASTSS (DX)(R10*4), Y8
	PAIR
	VADDPS       Y2, Y0, Y0
	VADDPS       Y3, Y1, Y1

store:
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	ADDQ    $64, DI
	ADDQ    $64, SI
	SUBQ    $16, CX
	JNZ     part
	VZEROUPPER
	RET
