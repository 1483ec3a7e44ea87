import type { Model } from "@alexnet/core";
import { commented, identifierOf, literal } from "../names.js";

/** `main.c`: classifies a picture. */
export function mainSource(model: Model, classNames: readonly string[] | undefined): string {
  const id = identifierOf(model.name);
  const upper = id.toUpperCase();
  const names = Array.from({ length: model.classes }, (_, index) => classNames?.[index] ?? `class ${index}`);
  return `/*
 * Tells what is in a picture with ${commented(model.name)}: made by @alexnet/codegen.
 *
 *   cc -O3 -march=native *.c -o classify
 *   ./classify picture.ppm                (weights in ${id}.weights)
 *   ./classify picture.ppm the.weights
 *   ./classify --logits picture.ppm       (all ${model.classes} numbers that the last layer gives)
 */
#include "${id}.h"
#include "picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[${upper}_CLASSES] = {
${names.map((name) => `    ${literal(name)},`).join("\n")}
};

enum { TOP = ${Math.min(5, model.classes)} };

/* e^x for x of at most 0, so that softmax needs no library of mathematics. */
static double exponential(double x) {
  double sum = 1.0, term = 1.0;
  const double small = x / 1024.0;
  if (x < -700.0) return 0.0;
  for (int i = 1; i < 12; i++) {
    term *= small / i;
    sum += term;
  }
  for (int i = 0; i < 10; i++) sum *= sum;
  return sum;
}

static void tell(const float *logits) {
  double largest = logits[0], total = 0.0;
  for (int i = 1; i < ${upper}_CLASSES; i++) {
    if (logits[i] > largest) largest = logits[i];
  }
  for (int i = 0; i < ${upper}_CLASSES; i++) total += exponential(logits[i] - largest);
  static char told[${upper}_CLASSES];
  for (int rank = 0; rank < TOP; rank++) {
    int best = -1;
    for (int i = 0; i < ${upper}_CLASSES; i++) {
      if (!told[i] && (best < 0 || logits[i] > logits[best])) best = i;
    }
    told[best] = 1;
    printf("%6.1f %%  %s\\n", 100.0 * exponential(logits[best] - largest) / total, names[best]);
  }
}

int main(int count, char **words) {
  const int all = count > 1 && strcmp(words[1], "--logits") == 0;
  const char *why = "";
  if (count < 2 + all || count > 3 + all) {
    fprintf(stderr, "usage: %s [--logits] picture.ppm [weights]\\n", count > 0 ? words[0] : "classify");
    return 2;
  }
  const char *path = words[1 + all], *weights = count == 3 + all ? words[2 + all] : "${id}.weights";
  ${id} *model = ${id}_load(weights, &why);
  if (!model) {
    fprintf(stderr, "%s: %s\\n", weights, why);
    return 1;
  }
  picture given = {0, 0, 0, NULL};
  float *image = malloc((size_t)${upper}_CHANNELS * ${upper}_HEIGHT * ${upper}_WIDTH * sizeof(float));
  static float logits[${upper}_CLASSES];
  int failed = 1;
  if (!picture_read(path, &given, &why)) {
    fprintf(stderr, "%s: %s\\n", path, why);
  } else if (!image || !picture_prepare(&given, image)) {
    fprintf(stderr, "%s: there is not enough memory\\n", path);
  } else {
    ${id}_run(model, image, logits);
    if (all) {
      for (int i = 0; i < ${upper}_CLASSES; i++) printf("%.9g\\n", logits[i]);
    } else {
      tell(logits);
    }
    failed = 0;
  }
  free(image);
  free(given.pixels);
  ${id}_free(model);
  return failed;
}
`;
}
