package dev.phoenix.world;

import java.util.List;
import java.util.Random;

/**
 * A topic and the parts of its posts' titles.
 *
 * @param name display name
 * @param subjects first parts of titles
 * @param remarks second parts of titles
 */
record Topic(String name, List<String> subjects, List<String> remarks) {
  /** All topics. */
  static final List<Topic> ALL =
      List.of(
          of(
              "football",
              "The late winner,The back four,That penalty,Our new striker,The derby,A muddy pitch",
              "decided the whole season,still gives me goosebumps,deserves a second look,"
                  + "was offside and you know it,explained with three drawings"),
          of(
              "cooking",
              "Sourdough,A pan of dumplings,Grandmother's stew,Roast pumpkin,Fresh pasta,Lemon"
                  + " tart",
              "in under an hour,without any scales,goes with everything,needs more butter,"
                  + "as my neighbour makes it"),
          of(
              "space",
              "The new lander,Saturn tonight,A quiet pulsar,The lunar far side,Our nearest star,"
                  + "That comet",
              "seen through a small telescope,is stranger than we thought,in one long exposure,"
                  + "sends its first picture,explained to a six-year-old"),
          of(
              "music",
              "This bass line,A street quartet,The second verse,My old turntable,Choir practice,"
                  + "A slow waltz",
              "has been in my head all week,recorded in one take,sounds better outdoors,"
                  + "in five four time,made the room go silent"),
          of(
              "gardening",
              "The tomato bed,A pear tree,Wild garlic,My compost heap,The first dahlias,Winter rye",
              "survived the frost,needs less water than you think,after ten weeks of patience,"
                  + "feeds half the street,with slugs and all"),
          of(
              "chess",
              "The exchange sacrifice,A rook ending,The quiet move,My worst opening,Blindfold"
                  + " blitz,Zugzwang",
              "in a game I should have lost,that no engine liked,taught in two minutes,"
                  + "wins more often than it should,from yesterday's club night"),
          of(
              "cycling",
              "The long climb,A flat tyre,The morning peloton,My steel frame,Gravel season,"
                  + "A headwind",
              "over the pass and back,with frozen fingers,is worth the early alarm,"
                  + "in ninety kilometres,and nobody to draft"),
          of(
              "films",
              "The opening shot,That silent ending,A forgotten comedy,The stunt,Black and white,"
                  + "The villain",
              "holds up after fifty years,seen on a bedsheet screen,has one perfect scene,"
                  + "was better in the rehearsal,with no spoilers"),
          of(
              "photography",
              "The blue hour,A pinhole camera,Street portraits,Grain,My only prime lens,Fog",
              "with one roll of film,makes the picture,shot from the hip,before anyone was awake,"
                  + "and why I deleted the rest"),
          of(
              "history",
              "A Roman road,The lost letter,Bronze age bread,The harbour wall,One old map,"
                  + "The night watch",
              "under the car park,changes what we knew,told by those who carried it,"
                  + "in seven small objects,and who paid for it"),
          of(
              "coding",
              "A hash table,The off-by-one,That regular expression,My build script,Recursion,"
                  + "The flaky test",
              "explained on one page,took me three days,is faster without the cache,"
                  + "from first principles,and what I learned from it"),
          of(
              "travel",
              "The night train,A village market,Two weeks by ferry,The border bridge,Room twelve,"
                  + "An empty beach",
              "for the price of a dinner,with one small bag,in the rain,that no guide mentions,"
                  + "and the best soup of my life"),
          of(
              "hiking",
              "The ridge path,A hut without a key,The long valley,Snow in June,My old boots,"
                  + "The last water",
              "at four in the morning,with a view of three countries,is not on the map,"
                  + "after two wrong turns,and a very proud goat"),
          of(
              "fashion",
              "A linen coat,The right buttons,Second-hand denim,My winter hat,Two shades of green,"
                  + "A wool seam",
              "mended in plain sight,that outlives a trend,worn three ways,for people who walk,"
                  + "made from one bedspread"),
          of(
              "science",
              "A stubborn enzyme,The control group,One mouse model,Cold fusion talk,The sea floor,"
                  + "A negative result",
              "that nobody could repeat,in a jar of pond water,deserves its own paper,"
                  + "measured to six digits,and the error bars"),
          of(
              "cats",
              "The window seat,A cardboard box,Our rescue cat,The vacuum cleaner,Breakfast,"
                  + "The neighbour's tom",
              "at five in the morning,is under new management,wins every argument,"
                  + "seen from the top shelf,and a broken vase"));

  private static Topic of(String name, String subjects, String remarks) {
    return new Topic(name, List.of(subjects.split(",")), List.of(remarks.split(",")));
  }

  /** Draws a title. */
  String title(Random random) {
    return subjects.get(random.nextInt(subjects.size()))
        + " "
        + remarks.get(random.nextInt(remarks.size()));
  }
}
