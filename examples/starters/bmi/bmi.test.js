// The rule against the published classes.

import { assert, test } from "c4h:test";
import { bmi, classOf, healthyWeights } from "./bmi.js";

test("weight by the square of height, one decimal place", () => {
  for (const [kilograms, centimetres, expected] of [[70, 175, 22.9], [50, 150, 22.2], [100, 200, 25], [45.5, 160, 17.8], [120, 170, 41.5]]) {
    assert.equal(bmi(kilograms, centimetres), expected);
  }
});

test("the usual classes, on both sides of every step", () => {
  const cases = [[18.4, "Underweight"], [18.5, "Healthy weight"], [24.9, "Healthy weight"], [25, "Overweight"], [29.9, "Overweight"], [30, "Obesity, class 1"],
    [34.9, "Obesity, class 1"], [35, "Obesity, class 2"], [39.9, "Obesity, class 2"], [40, "Obesity, class 3"]];
  for (const [value, expected] of cases) assert.equal(classOf(value).name, expected, `${value}`);
});

test("the lower classes", () => {
  const cases = [[18.4, "Underweight"], [18.5, "Healthy weight"], [22.9, "Healthy weight"], [23, "Overweight"], [27.4, "Overweight"], [27.5, "Obesity, class 1"],
    [32.4, "Obesity, class 1"], [32.5, "Obesity, class 2"], [37.4, "Obesity, class 2"], [37.5, "Obesity, class 3"]];
  for (const [value, expected] of cases) assert.equal(classOf(value, true).name, expected, `${value}`);
});

test("healthy weights are healthy when worked out again", () => {
  for (let height = 140; height <= 210; height += 7) {
    assert.equal(classOf(bmi(healthyWeights(height).from, height)).name, "Healthy weight");
  }
});
