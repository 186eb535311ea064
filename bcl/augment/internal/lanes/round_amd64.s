//go:build !purego

#include "textflag.h"

DATA half<>+0(SB)/4, $0x3f000000 // 1/2
GLOBL half<>(SB), RODATA|NOPTR, $4
DATA unit<>+0(SB)/4, $0x3f800000 // 1
GLOBL unit<>(SB), RODATA|NOPTR, $4
DATA limit<>+0(SB)/4, $0x43000000 // 128
GLOBL limit<>(SB), RODATA|NOPTR, $4
DATA sign<>+0(SB)/4, $0x80000000
GLOBL sign<>(SB), RODATA|NOPTR, $4

// func roundAVX2(out *uint8, n int, v *float32, passes, theirs float32, doubtful *uint8)
TEXT ·roundAVX2(SB), NOSPLIT, $0-40
	MOVQ         out+0(FP), DI
	MOVQ         n+8(FP), CX
	MOVQ         v+16(FP), SI
	VBROADCASTSS passes+24(FP), Y15
	VBROADCASTSS theirs+28(FP), Y14
	MOVQ         doubtful+32(FP), DX
	VBROADCASTSS half<>(SB), Y13
	VBROADCASTSS unit<>(SB), Y12
	VBROADCASTSS limit<>(SB), Y11
	VBROADCASTSS sign<>(SB), Y10

group:
	VMOVUPS      (SI), Y0
	VCVTTPS2DQ   Y0, Y1
	VCVTDQ2PS    Y1, Y2
	VSUBPS       Y2, Y0, Y2
	VSUBPS       Y13, Y2, Y2      // over
	VADDPS       Y12, Y0, Y3
	VMINPS       Y11, Y3, Y3
	VMULPS       Y14, Y3, Y3
	VADDPS       Y3, Y15, Y3      // doubt
	VCMPPS       $0x1e, Y3, Y2, Y4 // over > doubt
	VPSUBD       Y4, Y1, Y1
	VXORPS       Y10, Y3, Y3
	VCMPPS       $0x1d, Y3, Y2, Y5 // over >= -doubt
	VANDNPS      Y5, Y4, Y5
	VMOVMSKPS    Y5, AX
	MOVB         AX, (DX)
	VEXTRACTI128 $1, Y1, X2
	VPACKSSDW    X2, X1, X1
	VPACKUSWB    X1, X1, X1
	VMOVQ        X1, (DI)
	ADDQ         $32, SI
	ADDQ         $8, DI
	INCQ         DX
	DECQ         CX
	JNZ          group
	VZEROUPPER
	RET
