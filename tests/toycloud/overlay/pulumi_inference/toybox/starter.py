"""The program that `pulumi-inference init toybox` writes."""

from pulumi_inference.core.starter import Starter

_PROGRAM = '''\
"""Boxes of Toybox."""

import pulumi

from pulumi_inference import toybox

box = toybox.Box("crate", contents=toybox.ContentsArgs(toy="car"))
pulumi.export("name", box.name)
'''

STARTER = Starter(
    description="Boxes of Toybox",
    thing="A box",
    program=_PROGRAM,
    emulated_program=_PROGRAM,
    invoke='pulumi-inference invoke toybox "$(pulumi stack output name)" --data \'{"x": 1}\'',
    credentials=("pulumi config set --secret inference:toyboxApiKey",),
)
