package rgb_test

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/rgb"
)

func ExampleDecodeFile() {
	m, err := rgb.DecodeFile("testdata/grey4.png")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.W, m.H, m.Pix[:3])
	// Output: 13 11 [68 68 68]
}
