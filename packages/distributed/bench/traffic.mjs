// What a rank sends in a training step, and how a training would scale over a network, by calculation. Prints the tables of docs/distributed.md.
//
//   node packages/distributed/bench/traffic.mjs [model: alexnet-2012] [images a rank: 128] [images a second of a rank: 2000]
import { paperSgd, zoo } from "@alexnet/core";
import { dividedTraining, trafficOf } from "@alexnet/core/distributed";

const [name = "alexnet-2012", images = "128", speed = "2000"] = process.argv.slice(2);
const model = zoo.find((entry) => entry.name === name).create();
const batch = Number(images);
/** Seconds that a message takes however short it is. */
const LATENCY = 20e-6;

function exchangesOf(division, ranks) {
  const batchSize = division === "model" ? batch : batch * ranks;
  return trafficOf(dividedTraining(model, { batchSize, optimizer: paperSgd, division }, { rank: 0, size: ranks }));
}

const bytesOf = (exchanges) => exchanges.reduce((sum, { bytes }) => sum + bytes, 0);
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

console.log(`MB that each rank sends in a step of ${name}, ${batch} images a rank\n`);
console.log("| ranks | data | hybrid | model |\n|---:|---:|---:|---:|");
for (const ranks of [2, 4, 8, 16, 32, 64]) {
  const cells = ["data", "hybrid", "model"].map((division) => {
    try {
      return megabytes(bytesOf(exchangesOf(division, ranks)));
    } catch {
      return "–"; // There are as many towers as ranks, or none.
    }
  });
  console.log(`| ${ranks} | ${cells.join(" | ")} |`);
}

console.log(`\nTimes as fast as one rank, each of ${speed} images/s, by calculation\n`);
const networks = [10, 25, 100];
const heads = networks.flatMap((rate) => ["data", "hybrid"].map((division) => `${division}, ${rate} Gbit/s`));
console.log(`| ranks | ${heads.join(" | ")} |\n|---:|${heads.map(() => "---:|").join("")}`);
for (const ranks of [1, 2, 4, 8, 16, 32, 64]) {
  const cells = networks.flatMap((rate) =>
    ["data", "hybrid"].map((division) => {
      const exchanges = ranks === 1 ? [] : exchangesOf(division, ranks);
      const turns = exchanges.reduce((sum, { kind }) => sum + (kind === "allreduce" ? 2 : 1) * (ranks - 1), 0);
      const exchanging = bytesOf(exchanges) / ((rate * 1e9) / 8) + turns * LATENCY;
      const computing = batch / Number(speed);
      return ((ranks * computing) / (computing + exchanging)).toFixed(1);
    }),
  );
  console.log(`| ${ranks} | ${cells.join(" | ")} |`);
}
