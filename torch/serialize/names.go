package serialize

import (
	"strings"

	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// Name is a global that is kept as its name: an element type that package dtype does not
// have ("torch.complex64"), a class of tensors ("torch.FloatTensor"), a scheme of
// quantisation ("torch.per_tensor_affine"). Tensors of these types are refused.
type Name string

// dtypeNames are the torch.dtypes of PyTorch 2.11 besides those of package dtype.
const dtypeNames = "complex32 complex64 complex128 float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz " +
	"float8_e8m0fnu float4_e2m1fn_x2 uint16 uint32 uint64 int1 int2 int3 int4 int5 int6 int7 " +
	"uint1 uint2 uint3 uint4 uint5 uint6 uint7 bits8 bits16 bits1x8 bits2x4 bits4x2 qint8 qint32 quint8 quint2x4 quint4x2"

const schemeNames = "per_tensor_affine per_channel_affine per_tensor_symmetric per_channel_symmetric per_channel_affine_float_qparams"

// names lists the globals of torch.load(weights_only=True) that are kept as names.
func names() pickle.AllowList {
	l := pickle.AllowList{}
	add := func(name string) { l[name] = Name(name) }
	for _, name := range strings.Fields(dtypeNames + " " + schemeNames) {
		add("torch." + name)
	}
	for _, storage := range storageNames {
		class := strings.Replace(storage, "Storage", "Tensor", 1)
		for _, module := range []string{"torch.", "torch.cuda."} {
			add(module + class)
			if class != "BoolTensor" { // there are no sparse ones
				add(module + "sparse." + class)
			}
		}
	}
	return l
}

// global splits a name into module and name.
func (n Name) global() pickle.Global {
	dot := strings.LastIndexByte(string(n), '.')
	return pickle.Global{Module: string(n[:max(dot, 0)]), Name: string(n[dot+1:])}
}
