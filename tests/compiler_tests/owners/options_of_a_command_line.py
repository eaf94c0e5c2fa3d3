parser.add_argument("--lr", type=float, default=0.1)  # @nni.loguniform(1e-4, 1)
parser.add_argument("--momentum", type=float, default=0.9, help="of stochastic gradient descent")  # @nni.uniform(0, 1)
parser.add_argument("--epochs",
    type=int, default=2,  # @nni.choice(2, 3)
    help="passes")
# black
parser.add_argument("--lr", type=float, default=0.1)  # @nni.loguniform(1e-4, 1)
parser.add_argument(
    "--momentum", type=float, default=0.9, help="of stochastic gradient descent"
)  # @nni.uniform(0, 1)
parser.add_argument("--epochs", type=int, default=2, help="passes")  # @nni.choice(2, 3)
# ruff
parser.add_argument("--lr", type=float, default=0.1)  # @nni.loguniform(1e-4, 1)
parser.add_argument(
    "--momentum", type=float, default=0.9, help="of stochastic gradient descent"
)  # @nni.uniform(0, 1)
parser.add_argument(
    "--epochs",
    type=int,
    default=2,  # @nni.choice(2, 3)
    help="passes",
)
# means
# written: lr/loguniform for 0.1, momentum/uniform for 0.9, epochs/choice for 2
# black: lr/loguniform for 0.1, momentum/uniform for 0.9, epochs/choice for 2
# ruff: lr/loguniform for 0.1, momentum/uniform for 0.9, epochs/choice for 2
