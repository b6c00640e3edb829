/** A probability on a scale where 0.5 is the threshold it is judged by: 0 and 1 stay, both sides are stretched evenly. */
export const toCalibrated = (probability: number, threshold: number): number =>
  probability < threshold
    ? (0.5 * probability) / threshold
    : 1 - (0.5 * (1 - probability)) / Math.max(1 - threshold, 1e-6);
