package ckpt

import "fmt"

// children are the names of torch.nn.Sequential(*resnet.children()): numbers. The
// first stage is number first.
func children(first int) []string {
	pairs := []string{"0.", "conv1.", "1.", "bn1."}
	for i := range 4 {
		pairs = append(pairs, fmt.Sprintf("%d.", first+i), fmt.Sprintf("layer%d.", i+1))
	}
	return pairs
}

var lightlyHead = translated("projection_head.", Head,
	"layers.0.", "fc1.", "layers.1.", "bn1.", "layers.3.", "fc2.", "layers.4.", "bn2.", "layers.6.", "fc3.", "layers.7.", "bn3.")

const (
	noNormalise = "its network does not normalise its input: give it (image - mean) / std with the method's mean (.485, .456, .406) and std (.229, .224, .225)"
	lightlyNote = noNormalise + "; its SimCLRProjectionHead has no bias in its first layer, which the authors' projector has"
)

// single has torchvision's names for the backbone, and names for the normalisation.
var single = scheme(Scheme{Name: "sdclr-single", About: "VITA-Group/SDCLR without --prune", Head: NormedHead},
	naming{prefix: "normalize.", component: Normalize},
	naming{prefix: "fc.", component: Head},
	naming{prefix: "fc.", component: Classifier},
	naming{prefix: "", component: Backbone})

// schemes are in the order of Detect's preference. The names come from the projects'
// sources; testdata/keys.py builds the networks and lists them.
var schemes = []*Scheme{
	scheme(Scheme{Name: "bcl", About: "the authors' SimCLR and BCL-I, and ours", Head: NormedHead},
		naming{prefix: "backbone.normalize.", component: Normalize},
		naming{prefix: "backbone.", component: Backbone},
		naming{prefix: "projector.", component: Head}),
	scheme(Scheme{Name: "bcl-dual", About: "the authors' SDCLR and BCL-D, and ours", Head: NormedHead, Dual: true},
		naming{prefix: "backbone.normalize.", component: Normalize},
		dual("backbone.fc.", Head),
		dual("backbone.", Backbone)),
	scheme(Scheme{Name: "torchvision", About: "torchvision.models.resnet*", Note: noNormalise},
		naming{prefix: "", component: Backbone},
		naming{prefix: "fc.", component: Classifier}),
	scheme(Scheme{Name: "timm", About: "timm.create_model(\"resnet*\"), whose names are torchvision's", Note: noNormalise},
		naming{prefix: "", component: Backbone},
		naming{prefix: "fc.", component: Classifier}),
	scheme(Scheme{Name: "sdclr", About: "VITA-Group/SDCLR with --prune --prune_dual_bn", Head: NormedHead, Dual: true},
		naming{prefix: "normalize.", component: Normalize},
		dual("fc.", Head),
		naming{prefix: "fc.", component: Classifier},
		dual("", Backbone)),
	single,
	scheme(Scheme{Name: "lightly", About: "lightly's examples: Sequential(*torchvision resnet.children())", Head: NormedHead, Note: lightlyNote},
		translated("backbone.", Backbone, children(4)...).and("features."), // before 1.0.6
		lightlyHead),
	scheme(Scheme{Name: "lightly-cifar", About: "lightly's ResNetGenerator in a Sequential (its CIFAR benchmarks)", Head: NormedHead,
		Note: lightlyNote + "; a Sequential of ResNetGenerator's children has no ReLU after the first norm, where its own forward, ours and torchvision's have one: the weights fit, the features differ"},
		withShortcut(translated("backbone.", Backbone, children(2)...)).and("features."),
		lightlyHead),
	scheme(Scheme{Name: "lightly-named", About: "lightly with a torchvision ResNet whose fc is Identity (its ImageNet benchmarks)", Head: NormedHead, Note: lightlyNote},
		naming{prefix: "backbone.", component: Backbone}, lightlyHead,
		naming{prefix: "online_classifier.classification_head.", component: Classifier}),
	scheme(Scheme{Name: "solo-learn", About: "solo-learn's SimCLR and SupCon", Head: PlainHead,
		Note: noNormalise + "; with --data cifar10 or cifar100 its first convolution pads by 2, ours and torchvision's CIFAR stem by 1: the weights fit, the features differ unless conv1.padding is set to the same value"},
		naming{prefix: "backbone.", component: Backbone}.and("encoder."), // encoder in its first versions
		translated("projector.", Head, "0.", "fc1.", "2.", "fc2."),
		naming{prefix: "classifier.", component: Classifier}),
	scheme(Scheme{Name: "supcontrast", About: "HobbitLong/SupContrast", Head: PlainHead, Note: noNormalise + "; its network always has the CIFAR stem"},
		withShortcut(naming{prefix: "encoder.", component: Backbone}).and("encoder.module."), // it wraps only the encoder in DataParallel
		translated("head.", Head, "0.", "fc1.", "2.", "fc2."),
		naming{prefix: "fc.", component: Classifier}),
	scheme(Scheme{Name: "mmpretrain", About: "mmpretrain's (MMSelfSup's) SimCLR and ImageClassifier", Head: NormedHead,
		Note: noNormalise + " (mmpretrain's data_preprocessor does, from its settings, in 0 to 255); its NonLinearNeck has a bias in the first layer only with with_bias=True"},
		naming{prefix: "backbone.", component: Backbone},
		translated("neck.", Head, "fc0.", "fc1.", "bn0.", "bn1.", "fc1.", "fc2.", "bn1.", "bn2.", "fc2.", "fc3.", "bn2.", "bn3."),
		naming{prefix: "head.fc.", component: Classifier}),
	scheme(Scheme{Name: "moco", About: "facebookresearch/moco v1 and v2: the query encoder", Head: PlainHead, Note: noNormalise},
		naming{prefix: "encoder_q.", component: Backbone},
		translated("encoder_q.fc.", Head, "0.", "fc1.", "2.", "fc2.")),
	scheme(Scheme{Name: "moco-v3", About: "facebookresearch/moco-v3: the base encoder", Head: NormedHead, Note: noNormalise},
		naming{prefix: "base_encoder.", component: Backbone},
		translated("base_encoder.fc.", Head, "0.", "fc1.", "1.", "bn1.", "3.", "fc2.", "4.", "bn2.")),
	scheme(Scheme{Name: "byol", About: "lucidrains/byol-pytorch: the online encoder", Head: NormedHead, Note: noNormalise},
		naming{prefix: "online_encoder.net.", component: Backbone},
		translated("online_encoder.projector.", Head, "0.", "fc1.", "1.", "bn1.", "3.", "fc2.")),
	scheme(Scheme{Name: "simsiam", About: "facebookresearch/simsiam", Head: NormedHead, Note: noNormalise},
		naming{prefix: "encoder.", component: Backbone},
		translated("encoder.fc.", Head, "0.", "fc1.", "1.", "bn1.", "3.", "fc2.", "4.", "bn2.", "6.", "fc3.", "7.", "bn3.")),
	scheme(Scheme{Name: "lightly-dino", About: "lightly's DINO: the student", Note: noNormalise},
		translated("student_backbone.", Backbone, children(4)...)),
	scheme(Scheme{Name: "vissl", About: "facebookresearch/vissl: the trunk", Note: noNormalise},
		naming{prefix: "_feature_blocks.", component: Backbone}),
	scheme(Scheme{Name: "huggingface", About: "transformers' ResNetModel", Note: noNormalise}, huggingFace()),
	scheme(Scheme{Name: "detectron2", About: "detectron2's ResNet", Note: noNormalise + "; detectron2 takes images in BGR and 0 to 255, and its MSRA weights have the stride in the first convolution of a block, ours and torchvision's in the 3x3 one: the weights fit, the features differ"},
		withWords(translated("", Backbone, "stem.conv1.norm.", "bn1.", "stem.conv1.", "conv1.", "res2.", "layer1.", "res3.", "layer2.", "res4.", "layer3.", "res5.", "layer4."),
			".shortcut.norm.", ".downsample.1.", ".shortcut.", ".downsample.0.", ".conv1.norm.", ".bn1.", ".conv2.norm.", ".bn2.", ".conv3.norm.", ".bn3.")),
	scheme(Scheme{Name: "sequential", About: "torch.nn.Sequential(*torchvision resnet.children())", Note: noNormalise},
		translated("", Backbone, children(4)...)),
	scheme(Scheme{Name: "sequential-cifar", About: "the same without the max pooling (leftthomas/SimCLR)", Note: noNormalise},
		translated("", Backbone, children(3)...)),
}

// huggingFace are the names of transformers, which counts stages and layers from 0.
func huggingFace() naming {
	begin := []string{"embedder.embedder.convolution.", "conv1.", "embedder.embedder.normalization.", "bn1."}
	for s := range 4 {
		begin = append(begin, fmt.Sprintf("encoder.stages.%d.layers.", s), fmt.Sprintf("layer%d.", s+1))
	}
	words := []string{".shortcut.convolution.", ".downsample.0.", ".shortcut.normalization.", ".downsample.1."}
	for k := range 3 {
		words = append(words, fmt.Sprintf(".layer.%d.convolution.", k), fmt.Sprintf(".conv%d.", k+1), fmt.Sprintf(".layer.%d.normalization.", k), fmt.Sprintf(".bn%d.", k+1))
	}
	return withWords(translated("", Backbone, begin...), words...)
}
