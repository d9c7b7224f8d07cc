// A fake microphone, in place of the machine's: it hears what the page plays, as loud as `loop` says, and what a test
// says into it. `sound` tells how loud the page was when.
(() => {
  const context = new AudioContext();
  const heard = context.createMediaStreamDestination();
  const loop = context.createGain();
  const delay = context.createDelay();
  delay.delayTime.value = 0.12;
  loop.gain.value = 0;
  loop.connect(delay).connect(heard);

  const microphone = { loop: loop.gain, sound: [], tracks: [], error: null };
  window.microphone = microphone;

  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode && this.context !== context) {
      const tap = this.context.createMediaStreamDestination();
      connect.call(this, tap);
      connect.call(context.createMediaStreamSource(tap.stream), loop);
      const analyser = this.context.createAnalyser();
      analyser.fftSize = 512;
      connect.call(this, analyser);
      const samples = new Float32Array(512);
      setInterval(() => {
        analyser.getFloatTimeDomainData(samples);
        const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
        microphone.sound.push({ at: performance.now(), db: 10 * Math.log10(power + 1e-10) });
      }, 5);
    }
    return connect.call(this, target, ...rest);
  };

  navigator.mediaDevices.getUserMedia = async () => {
    if (microphone.error) throw new DOMException(...microphone.error);
    await context.resume();
    const stream = heard.stream.clone();
    for (const track of stream.getTracks()) track.getSettings = () => ({ echoCancellation: true });
    microphone.tracks.push(...stream.getTracks());
    return stream;
  };

  /** Say a WAV file (base64). Resolves with the moment it begins. */
  microphone.say = async (wav) => {
    const bytes = Uint8Array.from(atob(wav), (letter) => letter.charCodeAt(0));
    const source = context.createBufferSource();
    source.buffer = await context.decodeAudioData(bytes.buffer);
    source.connect(heard);
    source.start();
    return performance.now();
  };

  /** The device is unplugged. */
  microphone.pullOut = () => {
    for (const track of microphone.tracks) {
      track.stop();
      track.dispatchEvent(new Event("ended"));
    }
  };
})();
