x: int=1  # @nni.choice(1, 2)
a,b = 1,2  # @nni.choice((1, 2), (2, 1))
(c, d) = e = 1, 2  # @nni.choice((1, 2), (2, 1), name=e)
self.x : Dict [str,int] = {}  # @nni.choice({}, None)
# black
x: int = 1  # @nni.choice(1, 2)
a, b = 1, 2  # @nni.choice((1, 2), (2, 1))
c, d = e = 1, 2  # @nni.choice((1, 2), (2, 1), name=e)
self.x: Dict[str, int] = {}  # @nni.choice({}, None)
# ruff
x: int = 1  # @nni.choice(1, 2)
a, b = 1, 2  # @nni.choice((1, 2), (2, 1))
(c, d) = e = 1, 2  # @nni.choice((1, 2), (2, 1), name=e)
self.x: Dict[str, int] = {}  # @nni.choice({}, None)
# means
# written: x/choice for 1, (a, b)/choice for (1, 2), e/choice for (1, 2), self.x/choice for {}
# black: x/choice for 1, (a, b)/choice for (1, 2), e/choice for (1, 2), self.x/choice for {}
# ruff: x/choice for 1, (a, b)/choice for (1, 2), e/choice for (1, 2), self.x/choice for {}
