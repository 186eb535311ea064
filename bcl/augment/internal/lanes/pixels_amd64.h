// Eight pixels, four (12 bytes) in each half of a register. A byte 0x80 makes a zero.

#define BOTH(NAME, A, B) \
	DATA NAME<>+0(SB)/8, A        \
	DATA NAME<>+8(SB)/8, B        \
	DATA NAME<>+16(SB)/8, A       \
	DATA NAME<>+24(SB)/8, B       \
	GLOBL NAME<>(SB), RODATA|NOPTR, $32

// One channel as 32-bit numbers.
#define RED BOTH(red, $0x8080800380808000, $0x8080800980808006)
#define GREEN BOTH(green, $0x8080800480808001, $0x8080800a80808007)
#define BLUE BOTH(blue, $0x8080800580808002, $0x8080800b80808008)

// From three bytes in each 32-bit number to pixels.
#define PIXELS BOTH(pixels, $0x0908060504020100, $0x808080800e0d0c0a)

#define LOAD(X, Y) \
	VMOVDQU     (DI), X           \
	VINSERTI128 $1, 12(DI), Y, Y

// X4 is changed.
#define STORE(X, Y) \
	VEXTRACTI128 $1, Y, X4     \
	VMOVQ        X, (DI)       \
	VPEXTRD      $2, X, 8(DI)  \
	VMOVQ        X4, 12(DI)    \
	VPEXTRD      $2, X4, 20(DI)
