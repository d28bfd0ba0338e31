/// Words that stories and documents are made of. Names come from many languages on purpose.
enum Vocabulary {
  static let firstNames = words(
    """
    Alice Bruno Chloe Dmitri Elena Farid Grace Hana Ivan Jamila Kofi Lena Mateo Nadia Omar Priya \
    Quentin Rosa Samir Tara Umar Vera Wanda Xenia Yusuf Zoe Anders Bianca Carlos Dalia Emeka \
    Freya Gustav Hilde Ines Jonas Keiko Luca Maren Nils Olga Pablo Renata Sven Tomoko Ursula \
    Viktor Wei Yara Zainab Aiko Benedikt Camila Diego Esther Fatima Giulia Hugo Ingrid Jasper \
    Katya Leif Mina Noor Oskar Petra Rafael Sofia Theo Ulrich Valentina Walter Ximena Yelena \
    Aaron Beatriz Cedric Dorothea Elias Fiona Gabriel Helga
    """)
  static let lastNames = words(
    """
    Almeida Berg Castillo Dubois Eriksen Fischer Garcia Haddad Ivanov Jansen Kowalski Lindqvist \
    Moreau Nakamura Okafor Petrov Quispe Rossi Schmidt Tanaka Ueda Varga Weber Xu Yilmaz Zhang \
    Andersson Banerjee Costa Diallo Endo Ferrari Gruber Hansen Iqbal Jovanovic Kim Larsen Mbeki \
    Novak Olsen Park Ramos Silva Takahashi Urban Vogel Watanabe Yamada Zimmer Achebe Bauer Chen
    """)
  static let cities = words(
    """
    Lisbon Oslo Nairobi Kyoto Lima Porto Ghent Turin Accra Bergen Cusco Dakar Graz Hanoi Izmir \
    Jaipur Krakow Leeds Malaga Naples Odense Perth Quito Riga Seville Tartu Utrecht Vilnius \
    Warsaw Zagreb Antwerp Basel Cork Dresden Evora Fes Galway Haifa Innsbruck Jena Kobe Lyon \
    Medellin Nantes Osaka Pune Rosario Salzburg Tampere Uppsala Valencia Wellington Yerevan \
    Zurich Aarhus Bilbao Cologne Delft
    """)
  static let companies = words(
    """
    Northwind Lumenta Brightleaf Quarry Tidewater Solvane Kestrel Marlowe Pinecrest Oakline \
    Redstone Velora Harborview Cobalt Junipero Ferrous Silverbrook Meridian Aldertree Bluefin \
    Copperfield Driftwood Elmwood Foxglove Granite Hollybush Ironwood Jasmine Kingfisher Larkspur
    """)
  static let products = lines(
    """
    desk lamp,water bottle,notebook,backpack,wool scarf,coffee grinder,phone stand,yoga mat
    garden hose,picture frame,travel mug,keyboard,headphones,umbrella,bread knife,candle
    plant pot,wall clock,bike light,cutting board,tea kettle,laptop sleeve,desk fan,sketchbook
    paint brush,door mat,lunch box,hand towel,screwdriver set,tape measure,board game,puzzle
    alarm clock,camping stove,sleeping bag,rain jacket,hiking pole,flashlight,tool box,mirror
    storage bin,cushion,blanket,vase,serving tray,mixing bowl,rolling pin,measuring cup,apron
    """)
  static let fruits = words(
    """
    apples pears plums peaches mangoes lemons oranges cherries figs apricots kiwis limes melons \
    papayas bananas grapes nectarines dates guavas persimmons
    """)
  static let colors = words(
    """
    red blue green yellow orange purple black white grey brown teal navy olive maroon cyan beige \
    coral indigo ivory violet
    """)
  static let adjectives = words(
    """
    quick silent bright ancient gentle rapid hollow steady golden frozen hidden mellow narrow \
    proud rustic solid tender urgent vivid wild amber brisk calm daring eager fancy grand humble \
    icy jolly keen lively modest noble plain quiet rough sharp tidy warm
    """)
  static let nouns = words(
    """
    river lantern harbor meadow falcon anchor bridge canyon ember forest glacier island kernel \
    ledger market needle orchard pebble quartz ribbon saddle temple valley window zephyr beacon \
    cabin delta engine fabric garden helmet ivory jacket kettle ladder mirror nest oven planet \
    rocket signal tunnel violin wagon
    """)
  static let tags = words(
    """
    new sale urgent internal beta public archived featured draft legacy stable mobile premium \
    eu export fragile seasonal trial verified manual
    """)

  private static func words(_ text: String) -> [String] {
    text.split(whereSeparator: \.isWhitespace).map(String.init)
  }

  private static func lines(_ text: String) -> [String] {
    text.split(whereSeparator: { $0 == "," || $0.isNewline }).map(String.init)
  }
}
