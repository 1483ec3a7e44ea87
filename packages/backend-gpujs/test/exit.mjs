// A process of its own, for a test to see it end: with "dispose" as its argument after disposing the backend.
import { gpujsBackend } from "@alexnet/backend-gpujs";
import { zeros } from "@alexnet/core";
import { programBuilder } from "@alexnet/core/program";

const backend = await gpujsBackend({ threads: 2 });
const builder = programBuilder("doubling");
builder.variable("x", [128, 128]);
builder.output(builder.apply("scale", ["x"], { factor: 2 }), "y");
const executable = await backend.compile(builder.build());
await executable.run(await backend.createVariables({ x: zeros([128, 128]) }), [{}]);
if (process.argv[2] === "dispose") await backend.dispose();
console.log("done");
