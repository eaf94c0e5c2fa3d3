async def ag(): ...
x = 1  # @nni.choice((yield), 1)  # E: NNI119 23-28 an option with yield would turn its function into a generator
def f():
    x = 1  # @nni.choice((yield), 1)  # E: NNI119 27-32 an option with yield would turn its function into a generator
    y = lambda: ag()
    # @nni.function_choice((yield), ag(), name=ag)  # E: NNI119 29-34 yield, await and := can't go into a lambda or comprehension
    y = lambda: ag()
    z = 1  # @nni.choice(await ag(), 1)  # E: NNI119 26-36 an option with await is legal in an async function only
    v = 1  # @nni.choice([i async for i in ag()], 1)  # E: NNI119 26-49 an option with await is legal in an async function only
    w = 1  # @nni.choice((new := 1), 1)  # E: NNI119 27-35 an option that binds new would make it local to its function
    # @nni.report_intermediate_result((yield))  # E: NNI119 40-45 an option with yield would turn its function into a generator
def g(k):
    yield 1
    a = 1  # @nni.choice((yield), 1)
    b = 1  # @nni.choice((k := 1), 1)
    c = 1  # @nni.choice(lambda: (yield), 1)
async def h():
    d = 1  # @nni.choice(await ag(), 1)
    # @nni.report_intermediate_result(await ag())
