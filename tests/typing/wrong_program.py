"""What programs may not write: each line marked is an error, and an unmarked or needless mark is one too.

Checked, never run.
"""

from pulumi_inference import modelarts

config = [modelarts.ServiceConfigArgs(model_id="m", specification="modelarts.vm.cpu.2u")]

modelarts.Service("no-config")  # type: ignore[call-arg]
modelarts.Service("typo", config=config, pool_nmae="pool-a")  # type: ignore[call-arg]
modelarts.Service("positional", config)  # type: ignore[call-arg]
modelarts.Service("wrong-type", config=config, priority="high")  # type: ignore[arg-type]
modelarts.Service("wrong-choice", config=config, desired_status="paused")  # type: ignore[arg-type]
modelarts.Service("wrong-item", config=["model"])  # type: ignore[list-item]
modelarts.Service("resolved", config=config, project_id="p")  # type: ignore[call-arg]

modelarts.CustomSpecArgs(cpu=4)  # type: ignore[call-arg]
modelarts.CustomSpecArgs(cpu="4", memory=8192)  # type: ignore[arg-type]
modelarts.ServiceConfigArgs(model_id="m", specification="s", envs={"BATCH": 8})  # type: ignore[dict-item]

misspelt: modelarts.CustomSpecArgsDict = {"cpu": 4, "memroy": 8192}  # type: ignore[typeddict-unknown-key, typeddict-item]
incomplete: modelarts.CustomSpecArgsDict = {"cpu": 4}  # type: ignore[typeddict-item]

modelarts.get_service()  # type: ignore[call-arg]
modelarts.get_services("classifier")  # type: ignore[call-arg]
modelarts.get_services(infer_type="realtime")  # type: ignore[arg-type]
modelarts.get_models(typ="Image")  # type: ignore[call-arg]
modelarts.get_flavours(infer_type=None)  # type: ignore[arg-type]
modelarts.get_flavours_output(category=8)  # type: ignore[arg-type]
misnamed = modelarts.Servise  # type: ignore[attr-defined]
