// Package harmony is Geometric Harmonization, an option of every method (Zhou, Yao,
// Hong, Zhang, Han, Wang: "Combating Representation Learning Disparity with Geometric
// Harmonization", NeurIPS 2023, arXiv 2310.17622). NT-Xent spreads single samples
// evenly, so common classes take most of the sphere; this loss spreads classes.
//
// K directions as far apart as possible represent unnamed
// classes ([Simplex]). Sample i has the logits t_i, its cosines with them ([Logits]).
//
//	s_i = beta s_i + (1 - beta) t_i            its history, each epoch     Population
//	pi_k = share of the samples whose largest s_i is at k                  Population
//	q = Sinkhorn(t, pi)                        labels of a batch, of size pi
//	L = -mean sum q(t1) log softmax(t2/0.1) - mean sum q(t2) log softmax(t1/0.1)
//
// From the middle of training w L is added to the contrastive loss. The labels of a
// view come from the other one; no gradient flows through them.
//
// The package does what the authors' released code does for CIFAR-100-LT (train_cifar.py
// and utils.py); comments note where that differs from their code for ImageNet-LT, or is
// a mistake that is corrected here.
package harmony
