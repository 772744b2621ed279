"use strict";
const at = (id) => document.getElementById(id);
let state = { version: 0, error: "", digests: [] };

function chosen() {
  return state.digests.find((one) => one.profile === at("profile").value) || state.digests[0];
}

function show() {
  const one = chosen();
  at("error").textContent = state.error;
  at("digest").className = at("width").value;
  if (!one) return;
  document.title = one.subject;
  at("told").textContent = `${one.subject} · ${(one.bytes / 1000).toFixed(1)} KB of HTML · rendering ${state.version}`;
  const frame = at("digest"), top = frame.contentWindow ? frame.contentWindow.scrollY : 0;
  frame.onload = () => frame.contentWindow.scrollTo(0, top);
  frame.src = `${one[at("part").value]}?${state.version}`;
}

function list() {
  const before = at("profile").value;
  at("profile").replaceChildren(...state.digests.map((one) => new Option(one.profile, one.profile)));
  if (state.digests.some((one) => one.profile === before)) at("profile").value = before;
}

async function look() {
  try {
    const found = await (await fetch("/state")).json();
    if (found.version !== state.version) {
      state = found;
      list();
      show();
    }
  } catch {
    at("told").textContent = "The preview has ended.";
  }
  setTimeout(look, 400);
}

for (const id of ["profile", "part", "width"]) at(id).addEventListener("change", show);
look();
