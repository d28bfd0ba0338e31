// Writes how ECMAScript spells doubles: the oracle for CanonicalJSON's numbers.
//
//   node Tests/Tools/json-numbers.mjs lines COUNT   one "<16 hex digits of the bits> <text>" a line
//   node Tests/Tools/json-numbers.mjs sums          SHA-256 of each 10,000 of 1,000,000 such lines
//
// The committed files were made by:
//   node Tests/Tools/json-numbers.mjs lines 4000 > Tests/Golden/json-numbers.txt
//   node Tests/Tools/json-numbers.mjs sums > Tests/Golden/json-numbers-million.sha256
//   sha256sum Tests/Golden/json-numbers.txt > Tests/Golden/json-numbers.txt.sha256
//
// JSONNumberTests draws the same doubles from the same generator and compares.
import { createHash } from "node:crypto";

const MASK = (1n << 64n) - 1n;
let state = 20260101n;

// SplitMix64, as in Sources/ExpertRecord/SeededGenerator.swift.
function next() {
  state = (state + 0x9e3779b97f4a7c15n) & MASK;
  let z = state;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return z ^ (z >> 31n);
}

const view = new DataView(new ArrayBuffer(8));
function fromBits(bits) {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}
function bitsOf(number) {
  view.setFloat64(0, number);
  return view.getBigUint64(0);
}

// Four families in turn: any bits; whole numbers; decimal fractions; neighbours of the powers of
// ten at which the layout changes.
const borders = [1e-7, 1e-6, 1e-5, 1, 1e15, 1e16, 1e17, 1e20, 1e21, 1e22];
function draw(i) {
  const bits = next();
  switch (i % 4) {
    case 0: {
      const number = fromBits(bits);
      return Number.isFinite(number) ? number : 0;
    }
    case 1:
      return Number(bits >> (bits & 63n));
    case 2:
      return Number(bits >> 20n) / 10 ** Number(bits & 15n);
    default: {
      const near = bitsOf(borders[Number(bits % 10n)]);
      return fromBits(near + ((bits >> 8n) & 255n) - 128n);
    }
  }
}

function line(i) {
  const number = draw(i);
  return bitsOf(number).toString(16).padStart(16, "0") + " " + JSON.stringify(number) + "\n";
}

if (process.argv[2] === "lines") {
  let text = "";
  for (let i = 0; i < Number(process.argv[3]); i++) text += line(i);
  process.stdout.write(text);
} else if (process.argv[2] === "sums") {
  for (let block = 0; block < 100; block++) {
    let text = "";
    for (let i = 0; i < 10000; i++) text += line(block * 10000 + i);
    console.log(createHash("sha256").update(text).digest("hex"));
  }
} else {
  console.error("usage: json-numbers.mjs lines COUNT | sums");
  process.exit(2);
}
