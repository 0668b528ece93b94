// Body mass index of adults: weight by the square of height.
// Source: NICE guideline NG246, Overweight and obesity management, 2025: the classes, and the lower ones for people with a
// South Asian, Chinese, other Asian, Middle Eastern, Black African or African-Caribbean family background. Below 18.5: NHS.

/** kg/m² with one decimal place, as it is written down. */
export function bmi(kilograms, centimetres) {
  return Math.round((kilograms / (centimetres / 100) ** 2) * 10) / 10;
}

/** Where each class begins. */
const CLASSES = [
  [40, "Obesity, class 3", "red"],
  [35, "Obesity, class 2", "red"],
  [30, "Obesity, class 1", "red"],
  [25, "Overweight", "amber"],
  [18.5, "Healthy weight", "green"],
  [0, "Underweight", "amber"],
];
const LOWER = { 40: 37.5, 35: 32.5, 30: 27.5, 25: 23 };

/** The class of a BMI with one decimal place: { name, colour }. */
export function classOf(value, lower = false) {
  const [, name, colour] = CLASSES.find(([from]) => value >= ((lower && LOWER[from]) || from));
  return { name, colour };
}

/** The weights in kg that are healthy at this height, to the nearest 0.1 kg inside the class. */
export function healthyWeights(centimetres, lower = false) {
  const square = (centimetres / 100) ** 2;
  return { from: Math.ceil(18.5 * square * 10) / 10, below: Math.floor((lower ? 23 : 25) * square * 10) / 10 };
}
