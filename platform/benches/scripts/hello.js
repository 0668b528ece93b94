// What both sides answer in the first comparison: the shortest page there is.
function answer() {
  return new Response("Hello from JavaScript\n");
}
