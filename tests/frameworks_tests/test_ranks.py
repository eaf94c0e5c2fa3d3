"""Two real processes of a framework train one trial: the first one's reports count, and no other's."""

import pytest

LIGHTNING = """
    import os, sys, warnings
    import torch
    import lightning as L

    lr = 0.1  # @nni.loguniform(1e-3, 1)

    class Net(L.LightningModule):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(2, 1)

        def training_step(self, batch, index):
            return self.layer(batch[0]).pow(2).mean()

        def on_train_epoch_end(self):
            value = 1 - lr + 100 * self.global_rank
            # @nni.report_intermediate_result(value)

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=lr)

    if __name__ == "__main__":
        data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(8, 2)), batch_size=4)
        trainer = L.Trainer(
            accelerator="cpu", devices=2, strategy="ddp", max_epochs=2, logger=False,
            enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False,
        )
        trainer.fit(Net(), data)
        result = 1 - lr + 100 * trainer.global_rank
        print("rank", trainer.global_rank, "lr", lr, flush=True)
        # @nni.report_final_result(result)
"""


@pytest.mark.needs("lightning")
def test_lightning_starts_its_second_process_by_itself(project):
    project.write("train.py", LIGHTNING)
    project.nnic("run", "train.py", "--trials", "2", "--tuner", "random")
    for trial in project.trials():
        (lr,) = trial["parameters"].values()
        assert trial["metric"] == pytest.approx(1 - lr)
        assert trial["intermediate"] == pytest.approx([1 - lr, 1 - lr])
        log = project.log(trial["trial"])
        assert f"rank 0 lr {lr}" in log
        assert f"rank 1 lr {lr}" in log


ACCELERATE = """
    import torch
    from accelerate import Accelerator, debug_launcher

    lr = 0.1  # @nni.loguniform(1e-3, 1)

    def train():
        accelerator = Accelerator(cpu=True)
        net = accelerator.prepare(torch.nn.Linear(2, 1))
        net(torch.randn(4, 2)).mean().backward()
        accelerator.wait_for_everyone()
        result = 1 - lr + 100 * accelerator.process_index
        print("rank", accelerator.process_index, "lr", lr, flush=True)
        # @nni.report_final_result(result)

    if __name__ == "__main__":
        debug_launcher(train, num_processes=2)
"""


@pytest.mark.needs("accelerate")
def test_accelerate_launches_functions(project):
    project.write("train.py", ACCELERATE)
    project.nnic("run", "train.py", "--trials", "2", "--tuner", "random")
    for trial in project.trials():
        (lr,) = trial["parameters"].values()
        assert trial["metric"] == pytest.approx(1 - lr)
        assert {f"rank {rank} lr {lr}" in project.log(trial["trial"]) for rank in (0, 1)} == {True}
