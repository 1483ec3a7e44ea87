// How fast ranks add up arrays: bytes of the array by seconds, the median of several times.
//
//   mpirun -n 2 node packages/distributed/bench/allreduce.mjs [values: 62000000] [times: 11]
import { mpiCommunicator } from "../dist/index.js";

const [values = "62000000", times = "11"] = process.argv.slice(2);
const communicator = await mpiCommunicator();
const { rank, size, version } = communicator;
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];

async function seconds(work) {
  const all = [];
  for (let time = 0; time < Number(times); time++) {
    await communicator.barrier();
    const startedAt = performance.now();
    await work();
    all.push((performance.now() - startedAt) / 1000);
  }
  return median(all);
}

const array = new Float32Array(Number(values)).fill(rank);
const large = await seconds(() => communicator.allreduce(array));
const few = new Float32Array(2);
const small = await seconds(async () => {
  for (let time = 0; time < 1000; time++) await communicator.allreduce(few);
});
if (rank === 0) {
  const told = {
    version,
    ranks: size,
    values: array.length,
    seconds: large,
    gigabytesPerSecond: array.byteLength / large / 1e9,
  };
  console.log(JSON.stringify({ ...told, smallMicroseconds: small * 1000 }, undefined, 2));
}
await communicator.dispose();
