import Torch
Runtime.threadCount = 2
let t = Tensor((0..<24).map { Float($0) }, shape: [2,3,4])
print(t[1, 0..<2, .all], t[.ellipsis, 0], t[0, .newAxis].shape, t[t .> 20.0])
t[0, 1] = Tensor([9 as Float,9,9,9]); print(t)
let w = Tensor([1 as Float, 2, 3]); w.requiresGradient = true
let y = (w * w * w).sum()
let g = gradients(of: [y], withRespectTo: [w], graph: .differentiate)[0]!
print(g, gradients(of: [g.sum()], withRespectTo: [w])[0]!)
let target = Tensor.zeros([3])
writeGradients(of: [(w*w).sum()], withRespectTo: [w], into: [target]); print(target)
let a = Tensor.zeros([8]), b = Tensor.zeros([8])
let c = ContinuousClock()
for _ in 0..<1000 { _ = a + b }
print(c.measure { for _ in 0..<100000 { _ = a + b } } / 100000)
print(RandomGenerator(seed: 1).normal([2,2]), Runtime.version)
do { _ = try Device(parsing: "cuda") } catch { print(error) }
