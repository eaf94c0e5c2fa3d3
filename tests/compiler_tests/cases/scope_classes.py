class Base:
    def size(self, n=1):
        return n


class Net(Base):
    __hidden = 1  # @nni.choice(1, 2)
    width = __hidden  # @nni.choice(__hidden, 8)

    def size(self, n=2):  # @nni.choice(2, 3)
        total = super().size(n=n)  # @nni.choice(super().size(1), 4, name=total)
        self.total = total  # @nni.choice(total, self.__hidden)
        return total

    class Inner:
        def size(self, n=3):  # @nni.choice(3, 4)
            return n
# output
class Base:
    def size(self, n=1):
        return n
import nnic.runtime.trial as __nnic__

class Net(Base):
    __hidden = (1 if __nnic__.is_('case/__hidden/choice', 0) else 2 if __nnic__.is_('case/__hidden/choice', 1) else (1))  # @nni.choice(1, 2)
    width = (__hidden if __nnic__.is_('case/width/choice', 0) else 8 if __nnic__.is_('case/width/choice', 1) else (__hidden))  # @nni.choice(__hidden, 8)

    def size(self, n=(2 if __nnic__.is_('case/Net.size.n/choice', 0) else 3 if __nnic__.is_('case/Net.size.n/choice', 1) else (2))):  # @nni.choice(2, 3)
        total = (super().size(1) if __nnic__.is_('case/total/choice', 0) else 4 if __nnic__.is_('case/total/choice', 1) else (super().size(n=n)))  # @nni.choice(super().size(1), 4, name=total)
        self.total = (total if __nnic__.is_('case/self.total/choice', 0) else self.__hidden if __nnic__.is_('case/self.total/choice', 1) else (total))  # @nni.choice(total, self.__hidden)
        return total

    class Inner:
        def size(self, n=(3 if __nnic__.is_('case/Net.Inner.size.n/choice', 0) else 4 if __nnic__.is_('case/Net.Inner.size.n/choice', 1) else (3))):  # @nni.choice(3, 4)
            return n
# space
# 7:16 case/__hidden/choice = choice(1, 2) default 1
# 8:13 case/width/choice = choice('__hidden', 8) default '__hidden'
# 10:22 case/Net.size.n/choice = choice(2, 3) default 2
# 11:17 case/total/choice = choice('super().size(1)', 4) default ?
# 12:22 case/self.total/choice = choice('total', 'self.__hidden') default 'total'
# 16:26 case/Net.Inner.size.n/choice = choice(3, 4) default 3
