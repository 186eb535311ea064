package harmony

import (
	"testing"

	"github.com/bcl-go/bcl/torch/torchtest"
)

func TestMain(m *testing.M) { torchtest.OneThread(m) }
