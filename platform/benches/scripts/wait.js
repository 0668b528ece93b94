// A run that holds its memory for a while: what one run under way weighs.
export default {
  async fetch() {
    await new Promise((done) => setTimeout(done, 8000));
    return new Response("waited\n");
  },
};
